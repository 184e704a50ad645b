CREATE TABLE astronomer (
  astronomer_id INTEGER PRIMARY KEY,
  astronomer_name TEXT,
  institute TEXT,
  country TEXT,
  birth_year INTEGER,
  thesis_adviser INTEGER REFERENCES astronomer(astronomer_id)
);
CREATE TABLE telescope (
  telescope_code TEXT PRIMARY KEY,
  telescope_name TEXT,
  site TEXT,
  mirror_cm INTEGER,
  altitude_m INTEGER,
  first_light DATE,
  nightly_cost INTEGER
);
CREATE TABLE sky_object (
  object_id INTEGER PRIMARY KEY,
  object_name TEXT,
  object_class TEXT,
  constellation TEXT,
  magnitude REAL,
  distance_ly REAL,
  discovered_by INTEGER REFERENCES astronomer(astronomer_id),
  discovered_on DATE,
  orbits INTEGER REFERENCES sky_object(object_id)
);
CREATE TABLE proposal (
  proposal_no TEXT PRIMARY KEY,
  proposal_title TEXT,
  lead_id INTEGER REFERENCES astronomer(astronomer_id),
  referee_id INTEGER REFERENCES astronomer(astronomer_id),
  submitted_on DATE,
  nights_asked INTEGER,
  nights_given INTEGER,
  grade REAL
);
CREATE TABLE observing_night (
  night_id INTEGER PRIMARY KEY,
  proposal_no TEXT REFERENCES proposal(proposal_no),
  telescope_code TEXT REFERENCES telescope(telescope_code),
  night_of DATE,
  observer_id INTEGER REFERENCES astronomer(astronomer_id),
  clear_hours REAL,
  humidity INTEGER
);
CREATE TABLE exposure (
  night_id INTEGER REFERENCES observing_night(night_id),
  object_id INTEGER REFERENCES sky_object(object_id),
  filter TEXT,
  seconds INTEGER,
  frames INTEGER,
  PRIMARY KEY (night_id, object_id)
);
INSERT INTO astronomer VALUES (1,'Henrietta Golding','Starling Institute','Chile',1951,NULL),(2,'Baltasar Ruiz Cano','Starling Institute','Chile',1974,1),(3,'Annika Fjeld','Nordic Sky Lab','Norway',1980,1),(4,'Deepa Subramanian','Kaveri University','India',1987,3),(5,'Lorcan Tighe','Nordic Sky Lab','Norway',1992,3),(6,'Wei Zhong','Kaveri University','India',1979,NULL),(7,'Odile Marchetti','Starling Institute','Chile',1996,2);
INSERT INTO telescope VALUES ('GOL','Golding Reflector','Cerro Pardo',360,2640,'1998-11-14',14500),('WRN','Wren','Cerro Pardo',120,2610,'2009-03-20',3100),('KVI','Kaveri Eye','Hanle Ridge',200,4480,'2015-08-02',5200),('AUR','Aurora Survey','Senja Point',80,410,'2018-10-01',900),('TWI','Twinlight','Cerro Pardo',650,2655,NULL,NULL);
INSERT INTO sky_object VALUES
(1,'Starling 4','star','Lyra',9.8,212,1,'1984-06-30',NULL),(2,'Starling 4 b','planet','Lyra',NULL,212,2,'2011-09-12',1),(3,'Starling 4 c','planet','Lyra',NULL,212,4,'2019-05-03',1),(4,'Comet Tighe','comet',NULL,12.4,NULL,5,'2021-01-17',NULL),(5,'Pardo Nebula','nebula','Orion',7.2,1840.5,1,'1979-12-21',NULL),(6,'Kaveri Spiral','galaxy','Virgo',11.9,54000000,6,'2003-04-08',NULL),(7,'KV-118','star','Orion',13.3,640,6,'2016-02-25',NULL),(8,'KV-118 b','planet','Orion',NULL,640,4,'2022-10-30',7),(9,'Fjeld Cluster','cluster','Perseus',8.5,7300,3,'2008-01-09',NULL);
INSERT INTO proposal VALUES
('P23-01','Weather on hot planets',4,1,'2022-09-15',6,4,8.7),('P23-02','Dust in the Pardo Nebula',7,3,'2022-09-28',4,3,7.9),('P23-03','Following a new comet',5,6,'2022-10-01',8,2,6.1),('P24-01','Deep image of the Kaveri Spiral',6,2,'2023-09-11',10,5,9.2),('P24-02','Cluster census',3,1,'2023-09-20',3,3,8.7),('P24-03','Radio quiet stars',2,NULL,'2023-10-02',5,0,NULL);
INSERT INTO observing_night VALUES
(1,'P23-01','GOL','2023-02-18',4,7.5,22),(2,'P23-01','GOL','2023-02-19',4,8,18),(3,'P23-02','WRN','2023-03-04',7,5.5,41),(4,'P23-03','AUR','2023-03-22',5,2,77),(5,'P23-02','GOL','2023-04-11',2,9.25,15),(6,'P24-01','KVI','2024-01-12',6,8.5,12),(7,'P24-01','KVI','2024-01-13',6,0,88),(8,'P24-02','WRN','2024-02-06',3,6.5,35),(9,'P24-01','GOL','2024-02-15',2,7,NULL),(10,'P23-01','KVI','2023-11-08',4,9,14);
INSERT INTO exposure VALUES (1,1,'R',120,80),(1,2,'R',120,80),(2,3,'I',180,60),(3,5,'Ha',600,25),(4,4,'V',60,30),(5,5,'Ha',900,20),(6,6,'B',300,70),(8,9,'V',45,110),(9,6,'R',450,40),(10,8,'I',200,95),(10,7,'I',90,95),(9,1,'B',30,12);
