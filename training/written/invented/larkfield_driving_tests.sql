CREATE TABLE t_centre (
  ctr_id INTEGER PRIMARY KEY,
  ctr_name TEXT,
  ctr_town TEXT,
  opened INTEGER,
  bays INTEGER
);
CREATE TABLE t_examiner (
  ex_id INTEGER PRIMARY KEY,
  ex_name TEXT,
  ctr_id INTEGER REFERENCES t_centre(ctr_id),
  dob DATE,
  start_dt DATE,
  salary INTEGER,
  supervisor_id INTEGER REFERENCES t_examiner(ex_id)
);
CREATE TABLE t_school (
  sch_id INTEGER PRIMARY KEY,
  sch_name TEXT,
  sch_town TEXT,
  hourly_fee DECIMAL
);
CREATE TABLE t_candidate (
  cand_id INTEGER PRIMARY KEY,
  cand_name TEXT,
  dob DATE,
  cand_town TEXT,
  sch_id INTEGER REFERENCES t_school(sch_id),
  lessons INTEGER
);
CREATE TABLE t_vehicle (
  reg TEXT PRIMARY KEY,
  model TEXT,
  gearbox TEXT,
  yr INTEGER,
  mileage INTEGER,
  sch_id INTEGER REFERENCES t_school(sch_id)
);
CREATE TABLE t_theory (
  theory_id INTEGER PRIMARY KEY,
  cand_id INTEGER REFERENCES t_candidate(cand_id),
  taken_dt DATE,
  mark INTEGER,
  result TEXT
);
CREATE TABLE t_road_test (
  test_id INTEGER PRIMARY KEY,
  cand_id INTEGER REFERENCES t_candidate(cand_id),
  ex_id INTEGER REFERENCES t_examiner(ex_id),
  reg TEXT REFERENCES t_vehicle(reg),
  test_dt DATE,
  minor_faults INTEGER,
  serious_faults INTEGER,
  result TEXT,
  fee DECIMAL
);
INSERT INTO t_centre VALUES (1,'Larkfield Central','Larkfield',1988,12),(2,'Dunmore Road','Larkfield',2006,6),(3,'Pewsham','Pewsham',1997,8),(4,'Isle Ferry Yard','Saltney',2015,3);
INSERT INTO t_examiner VALUES
(1,'Hugo Battersea',1,'1966-05-11','1992-08-03',41000,NULL),(2,'Nkechi Abara',1,'1980-01-29','2010-02-15',36500,1),(3,'Siobhan Creel',2,'1975-12-02','2006-04-10',37200,1),(4,'Tomasz Wrona',3,'1969-08-17','1999-11-22',39000,1),(5,'Priya Balan',3,'1991-03-06','2021-09-06',31000,4),(6,'Glenda Stott',4,'1983-10-24','2015-06-01',34800,1),(7,'Efe Demir',1,NULL,'2024-01-08',29500,2);
INSERT INTO t_school VALUES (1,'Green Light Tuition','Larkfield',34.00),(2,'Easy Clutch','Pewsham',31.50),(3,'Patience Motoring','Larkfield',38.00),(4,'Coastline Drivers','Saltney',29.00),(5,'Second Gear','Pewsham',NULL);
INSERT INTO t_candidate VALUES
(1,'Alfie Marchbank','2005-06-17','Larkfield',1,32),(2,'Beatrix Noon','1998-02-03','Larkfield',3,48),(3,'Cyrus Daneshvar','2004-11-28','Pewsham',2,25),(4,'Dolly Hatherley','1957-09-09','Saltney',4,90),(5,'Emeka Nwosu','2006-01-15','Larkfield',1,28),
(6,'Freya Solberg','2003-07-21','Pewsham',2,41),(7,'Gabriel Ortolan','1989-04-30','Dry Fen',NULL,0),(8,'Hana Kuroda','2005-12-12','Larkfield',3,36),(9,'Imran Chaudhry','2001-10-05','Saltney',4,22),(10,'Juno Sparrow','2006-03-27','Dry Fen',1,12);
INSERT INTO t_vehicle VALUES ('LK19 GRN','Kestrel Mini','manual',2019,61200,1),('LK22 GRN','Volta E','automatic',2022,18900,1),('PW17 EZC','Pollux','manual',2017,99400,2),('LK21 PAT','Kestrel Mini','manual',2021,40100,3),('SA18 CST','Pollux','automatic',2018,73500,4),('LK23 PAT','Volta E','automatic',2023,NULL,3);
INSERT INTO t_theory VALUES
(1,1,'2023-01-18',46,'pass'),(2,2,'2022-11-07',44,'pass'),(3,3,'2023-02-20',39,'fail'),(4,3,'2023-03-27',45,'pass'),(5,4,'2022-08-15',48,'pass'),(6,5,'2023-10-11',50,'pass'),(7,6,'2023-03-06',43,'pass'),(8,7,'2023-05-02',47,'pass'),(9,8,'2023-12-19',41,'fail'),(10,8,'2024-01-23',49,'pass'),(11,9,'2023-09-14',44,'pass'),(12,10,'2024-03-05',38,'fail');
INSERT INTO t_road_test VALUES
(1,1,2,'LK19 GRN','2023-04-12',9,1,'fail',62.00),(2,1,1,'LK19 GRN','2023-06-14',4,0,'pass',62.00),(3,2,3,'LK21 PAT','2023-02-08',3,0,'pass',62.00),(4,3,4,'PW17 EZC','2023-05-23',12,2,'fail',62.00),(5,3,5,'PW17 EZC','2023-09-19',7,0,'pass',62.00),
(6,4,6,'SA18 CST','2022-11-30',15,3,'fail',62.00),(7,4,6,'SA18 CST','2023-03-22',11,1,'fail',62.00),(8,4,6,'SA18 CST','2023-10-18',8,0,'pass',75.00),(9,5,2,'LK22 GRN','2024-02-06',2,0,'pass',62.00),(10,6,4,'PW17 EZC','2023-07-11',6,1,'fail',62.00),
(11,6,5,'PW17 EZC','2024-03-13',5,0,'pass',62.00),(12,7,1,NULL,'2023-08-02',1,0,'pass',75.00),(13,8,3,'LK23 PAT','2024-03-20',10,1,'fail',62.00),(14,9,6,'SA18 CST','2024-03-05',4,0,'pass',62.00);
