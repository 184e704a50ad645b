CREATE TABLE resort (
  resort_id INTEGER PRIMARY KEY,
  resort TEXT,
  coast TEXT,
  inhabitants INTEGER
);
CREATE TABLE lodging (
  lodging_id INTEGER PRIMARY KEY,
  name TEXT,
  type TEXT,
  resort_id INTEGER REFERENCES resort(resort_id),
  stars INTEGER,
  rooms INTEGER,
  night_price DECIMAL,
  host TEXT
);
CREATE TABLE sight (
  sight_id INTEGER PRIMARY KEY,
  name TEXT,
  kind TEXT,
  resort_id INTEGER REFERENCES resort(resort_id),
  ticket DECIMAL,
  built INTEGER,
  visitors_2023 INTEGER
);
CREATE TABLE trail (
  trail_id INTEGER PRIMARY KEY,
  name TEXT,
  from_resort INTEGER REFERENCES resort(resort_id),
  to_resort INTEGER REFERENCES resort(resort_id),
  km DECIMAL,
  climb_m INTEGER,
  grade TEXT
);
CREATE TABLE guide (
  guide_id INTEGER PRIMARY KEY,
  name TEXT,
  language TEXT,
  licensed DATE,
  day_fee INTEGER,
  trainer_id INTEGER REFERENCES guide(guide_id)
);
CREATE TABLE tour (
  tour_id INTEGER PRIMARY KEY,
  sight_id INTEGER REFERENCES sight(sight_id),
  guide_id INTEGER REFERENCES guide(guide_id),
  tour_date DATE,
  guests INTEGER,
  price DECIMAL
);
CREATE TABLE enquiry (
  enquiry_id INTEGER PRIMARY KEY,
  asked_on DATE,
  country TEXT,
  channel TEXT,
  lodging_id INTEGER REFERENCES lodging(lodging_id),
  answered_on DATE
);
INSERT INTO resort VALUES (1,'Merrow Bay','west',4200),(2,'Saint Pell','west',1850),(3,'Gannet Rocks','north',640),(4,'Tolver','north',9100),(5,'Low Carreg','south',310),(6,'Port Isenor','south',NULL);
INSERT INTO lodging VALUES
(1,'Seabright Hotel','hotel',1,4,62,145.00,'Marguerite Noble'),(2,'The Anchor Rest','inn',1,3,11,82.50,'Ewan Strick'),(3,'Villa Pimpernel','guest house',2,NULL,6,68.00,'Orla Deane'),(4,'Puffin Hostel','hostel',3,1,24,27.00,'Sven Aaltonen'),(5,'Grand Tolver','hotel',4,5,118,230.00,'Marguerite Noble'),
(6,'Carreg Cottage','guest house',5,3,3,95.00,'Bethan Ives'),(7,'Windlass Inn','inn',4,2,14,64.00,'Ewan Strick'),(8,'Dune Camp','campsite',2,NULL,40,18.50,NULL),(9,'Cormorant Lodge','hotel',3,3,30,99.00,'Dilys Quick');
INSERT INTO sight VALUES
(1,'Merrow Lighthouse','lighthouse',1,4.50,1861,18200),(2,'Shell Museum','museum',1,6.00,1978,9400),(3,'Pell Abbey','ruin',2,0.00,1190,15100),(4,'Gannet Cliffs','nature',3,0.00,NULL,22750),(5,'Tolver Castle','castle',4,11.50,1322,48900),(6,'Tin Mine Museum','museum',4,8.00,1849,12700),(7,'Carreg Chapel','church',5,0.00,1405,1300),(8,'Isenor Aquarium','museum',6,14.00,2006,NULL);
INSERT INTO trail VALUES
(1,'Smugglers Path',1,2,11.4,320,'moderate'),(2,'Cliff Edge Way',2,3,17.8,690,'hard'),(3,'Miller''s Round',4,4,6.2,90,'easy'),(4,'Old Tin Road',4,3,14.0,410,'moderate'),(5,'Heron Boardwalk',1,1,2.3,5,'easy'),(6,'Southern Ridge',5,6,21.5,880,'hard'),(7,'Chapel Lane',5,5,3.1,45,'easy');
INSERT INTO guide VALUES (1,'Thora Ledbetter','English','2003-05-02',160,NULL),(2,'Jean-Luc Arnaud','French','2011-04-18',150,1),(3,'Minako Hoshi','Japanese','2017-06-30',185,1),(4,'Rhodri Vaughan','Welsh','2019-03-21',120,1),(5,'Ulrike Sand','German','2022-05-09',140,2),(6,'Peter Crane','English','2024-04-01',95,4);
INSERT INTO tour VALUES
(1,1,1,'2023-05-06',14,7.00),(2,5,1,'2023-05-20',26,15.00),(3,5,2,'2023-06-11',18,16.00),(4,3,4,'2023-06-24',9,5.00),(5,4,3,'2023-07-08',12,12.00),(6,2,2,'2023-07-15',7,9.00),(7,5,5,'2023-08-19',22,15.00),(8,6,1,'2023-09-02',11,11.00),(9,1,4,'2024-03-29',16,7.50),(10,4,5,'2024-03-30',20,12.00),(11,5,3,'2024-04-13',15,18.00),(12,3,1,'2024-05-04',NULL,5.00);
INSERT INTO enquiry VALUES
(1,'2023-02-03','Germany','email',1,'2023-02-04'),(2,'2023-03-15','France','phone',3,'2023-03-15'),(3,'2023-04-01','Germany','email',5,'2023-04-06'),(4,'2023-06-18','Japan','email',5,'2023-06-19'),(5,'2023-07-22','Ireland','counter',4,'2023-07-22'),(6,'2023-07-23','Ireland','counter',8,'2023-07-23'),(7,'2024-01-09','Canada','email',1,NULL),(8,'2024-02-27','France','phone',2,'2024-02-27'),(9,'2024-03-12','Germany','email',9,NULL),(10,'2024-03-25','Norway','phone',5,'2024-03-26'),(11,'2024-03-30','Japan','email',NULL,NULL);
