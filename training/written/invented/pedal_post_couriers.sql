CREATE TABLE riders (
  rider_id INTEGER PRIMARY KEY,
  nickname TEXT,
  real_name TEXT,
  born DATE,
  started DATE,
  bike_id INTEGER REFERENCES bikes(bike_id),
  buddy_id INTEGER REFERENCES riders(rider_id)
);
CREATE TABLE bikes (
  bike_id INTEGER PRIMARY KEY,
  brand TEXT,
  frame_type TEXT,
  bought DATE,
  price REAL,
  max_load INTEGER
);
CREATE TABLE zones (
  zone_no INTEGER PRIMARY KEY,
  zone_name TEXT,
  surcharge REAL,
  hilliness INTEGER
);
CREATE TABLE firms (
  firm_id INTEGER PRIMARY KEY,
  firm_name TEXT,
  trade TEXT,
  zone_no INTEGER REFERENCES zones(zone_no),
  contract_from DATE
);
CREATE TABLE runs (
  run_id INTEGER PRIMARY KEY,
  firm_id INTEGER REFERENCES firms(firm_id),
  rider_id INTEGER REFERENCES riders(rider_id),
  pickup_zone INTEGER REFERENCES zones(zone_no),
  drop_zone INTEGER REFERENCES zones(zone_no),
  run_date DATE,
  km REAL,
  minutes INTEGER,
  weight REAL,
  price REAL,
  tip REAL
);
CREATE TABLE mishaps (
  mishap_id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs(run_id),
  what TEXT,
  repair_cost REAL
);
INSERT INTO bikes VALUES (1,'Kestra','cargo','2019-04-05',3900,120),(2,'Moxie','road','2021-03-18',1450,15),(3,'Moxie','road','2022-06-09',1520,15),(4,'Bulwark','cargo','2023-02-27',5200,180),(5,'Tamsin','fixie','2016-09-01',640,10),(6,'Kestra','city','2020-10-10',980.5,35);
INSERT INTO riders VALUES (1,'Turbo','Anton Rehak','1991-07-12','2016-09-05',5,NULL),(2,'Mole','Philippa Strand','1985-01-30','2019-04-08',1,1),(3,'Zippy','Jamal Osei','1999-10-02','2021-03-22',2,1),(4,'Owl','Greta Simm','1994-05-19','2022-06-13',3,2),(5,'Crumpet','Nils Halvard','2003-03-03','2023-03-01',4,3),(6,'Sparrow','Linh Vo','2004-12-24','2024-02-12',NULL,NULL);
INSERT INTO zones VALUES (1,'Old Town',0,2),(2,'Docklands',1.5,1),(3,'Upper Hill',3,5),(4,'Campus',1,2),(5,'Airport Road',4.5,1);
INSERT INTO firms VALUES (11,'Brandt & Kehl','law',1,'2017-02-01'),(12,'Lab Nova','medical',4,'2019-11-15'),(13,'Petal Post','florist',1,'2021-02-08'),(14,'Harbour Print','printing',2,'2018-06-20'),(15,'Sushi Kaito','food',3,'2023-05-01'),(16,'Dentist Aurel','medical',3,NULL),(17,'Atlas Maps','printing',5,'2024-01-01');
INSERT INTO runs VALUES
(1,11,1,1,2,'2023-03-06',4.2,15,0.4,9.5,1),(2,12,3,4,3,'2023-03-06',6.8,27,1.2,14,NULL),(3,14,2,2,1,'2023-04-17',4.5,24,38,22,2),(4,13,4,1,3,'2023-05-12',3.9,19,2.5,12.5,3),(5,12,1,4,5,'2023-06-01',11.6,38,0.8,19.5,0),(6,14,5,2,4,'2023-09-21',5.1,28,95,31,5),(7,15,3,3,1,'2023-10-14',3.7,12,3.1,11,2.5),(8,11,1,1,1,'2023-11-30',1.4,6,0.2,6,NULL),(9,16,4,3,4,'2024-01-18',6.6,22,0.6,13,0),(10,13,2,1,2,'2024-02-14',4.4,23,17,16.5,10),(11,13,5,1,5,'2024-02-14',9.9,44,60,34,4),(12,12,3,4,4,'2024-03-05',1.1,5,1,6.5,NULL),(13,11,4,2,1,'2024-03-19',4.1,17,0.5,9.5,1);
INSERT INTO mishaps VALUES (1,2,'puncture',12),(2,5,'puncture',14.5),(3,6,'bent wheel',160),(4,7,'spilled soup',0),(5,11,'broken chain',48),(6,13,'puncture',12);
