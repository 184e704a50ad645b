CREATE TABLE aid_station (
  station_no INTEGER PRIMARY KEY,
  station_name TEXT,
  km_mark REAL,
  district TEXT,
  opens_at INTEGER,
  closes_at INTEGER,
  has_toilets TEXT,
  previous_station INTEGER REFERENCES aid_station(station_no)
);
CREATE TABLE crew (
  crew_id INTEGER PRIMARY KEY,
  crew_name TEXT,
  age INTEGER,
  phone TEXT,
  tshirt TEXT,
  first_aider TEXT
);
CREATE TABLE shift (
  shift_id INTEGER PRIMARY KEY,
  station_no INTEGER REFERENCES aid_station(station_no),
  crew_id INTEGER REFERENCES crew(crew_id),
  task TEXT,
  hours REAL
);
CREATE TABLE supply (
  supply_code TEXT PRIMARY KEY,
  supply_name TEXT,
  unit TEXT,
  price_per_unit REAL,
  sponsor TEXT
);
CREATE TABLE station_stock (
  station_no INTEGER REFERENCES aid_station(station_no),
  supply_code TEXT REFERENCES supply(supply_code),
  planned INTEGER,
  used INTEGER,
  PRIMARY KEY (station_no, supply_code)
);
CREATE TABLE runner (
  bib INTEGER PRIMARY KEY,
  runner_name TEXT,
  age INTEGER,
  home_town TEXT,
  signed_up DATE,
  finish_min INTEGER
);
CREATE TABLE incident (
  incident_id INTEGER PRIMARY KEY,
  station_no INTEGER REFERENCES aid_station(station_no),
  bib INTEGER REFERENCES runner(bib),
  treated_by INTEGER REFERENCES crew(crew_id),
  reported_by INTEGER REFERENCES crew(crew_id),
  problem TEXT,
  minutes_lost INTEGER
);
INSERT INTO aid_station VALUES
(1,'Fountain Square',5,'Centre',8,11,'yes',NULL),
(2,'Tram Depot',10,'Northbank',8,12,'no',1),
(3,'Poplar Bridge',15.5,'Northbank',9,13,'yes',2),
(4,'Brewery Gate',21.1,'Hopfield',9,14,'yes',3),
(5,'Rowing Club',27,'Hopfield',10,15,'no',4),
(6,'Observatory Hill',32.5,'Sternberg',10,16,'yes',5),
(7,'Velodrome',37,'Sternberg',11,16,'no',6),
(8,'Town Hall Steps',40.5,'Centre',11,17,NULL,7);
INSERT INTO crew VALUES
(1,'Agnes Thorvald',61,'070-114','M','yes'),
(2,'Bilal Chaudhry',24,'070-350','L','no'),
(3,'Celeste Aumont',37,'070-289','S','yes'),
(4,'Diederik Poels',45,NULL,'XL','no'),
(5,'Esi Boateng',19,'070-771','S','no'),
(6,'Finn Maddigan',52,'070-602','L','yes'),
(7,'Gita Prasad',33,'070-418','M','no'),
(8,'Hollis Renner',19,NULL,'L','no'),
(9,'Ivana Zec',28,'070-955','M','yes');
INSERT INTO shift VALUES
(1,1,2,'water',3),(2,1,5,'bananas',3),(3,2,7,'water',4),(4,3,1,'first aid',4),(5,3,4,'water',4),(6,4,3,'first aid',5),(7,4,2,'cleaning',2.5),(8,5,7,'gels',5),(9,6,6,'first aid',6),(10,6,4,'gels',3.5),(11,6,5,'water',6),(12,8,1,'first aid',5.5);
INSERT INTO supply VALUES
('WAT','water','cup',0.03,'Quellbrunn'),
('ISO','isotonic drink','cup',0.11,'Voltade'),
('BAN','banana halves','piece',0.16,NULL),
('GEL','energy gel','sachet',1.35,'Voltade'),
('SAL','salt tablets','piece',0.22,NULL),
('SPO','sponges','piece',0.4,'Badehaus Velden'),
('PLA','blister plasters','piece',0.28,'Rosen Pharmacy');
INSERT INTO station_stock VALUES
(1,'WAT',3000,2650),(1,'BAN',800,410),(2,'WAT',2800,2790),(2,'ISO',1500,1320),(3,'WAT',2800,2500),(3,'PLA',60,18),(4,'WAT',2600,2600),(4,'GEL',900,872),(4,'BAN',900,760),(5,'GEL',700,700),(5,'ISO',1600,1580),(6,'WAT',2600,2455),(6,'SAL',500,120),(6,'PLA',80,77),(7,'SPO',1000,655),(8,'WAT',2400,NULL);
INSERT INTO runner VALUES
(11,'Mikkel Odegaard',31,'Tarvin','2023-09-02',158),
(27,'Sabine Karst',42,'Velden','2023-10-15',214),
(103,'Abebe Wolde',28,'Velden','2023-09-02',141),
(215,'Nora Plunkett',55,'Kirkholm','2024-01-07',297),
(340,'Tiago Serrano',36,'Tarvin','2023-12-24',NULL),
(377,'Lotte Wiering',23,'Velden','2024-02-11',239),
(402,'Percy Adair',67,'Kirkholm','2023-11-30',331),
(518,'Yun Seo-yeon',29,'Haverlake','2024-02-28',205),
(604,'Ralf Biehl',48,'Haverlake','2024-03-01',NULL);
INSERT INTO incident VALUES
(1,3,215,1,4,'blister',9),(2,4,27,3,2,'cramp',6),(3,6,340,6,6,'heat stroke',NULL),(4,6,402,6,5,'blister',12),(5,6,377,6,4,'cramp',4),(6,8,604,1,1,'sprained ankle',NULL),(7,8,215,1,NULL,'dizziness',15);
