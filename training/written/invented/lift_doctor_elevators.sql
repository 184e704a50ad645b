CREATE TABLE bldg (
  bldg_id INTEGER PRIMARY KEY,
  addr TEXT,
  town TEXT,
  floors INTEGER,
  usage TEXT,
  mgr_co TEXT
);
CREATE TABLE elev (
  elev_no TEXT PRIMARY KEY,
  bldg_id INTEGER REFERENCES bldg(bldg_id),
  make TEXT,
  inst_yr INTEGER,
  load_kg INTEGER,
  persons INTEGER,
  last_insp DATE
);
CREATE TABLE tech (
  tech_id INTEGER PRIMARY KEY,
  tech_nm TEXT,
  van TEXT,
  hire_dt DATE,
  rate_hr REAL,
  partner_id INTEGER REFERENCES tech(tech_id)
);
CREATE TABLE svc_contract (
  ctr_no INTEGER PRIMARY KEY,
  elev_no TEXT REFERENCES elev(elev_no),
  lvl TEXT,
  start_dt DATE,
  end_dt DATE,
  fee_mth REAL
);
CREATE TABLE callout (
  call_no INTEGER PRIMARY KEY,
  elev_no TEXT REFERENCES elev(elev_no),
  call_dt DATE,
  caller TEXT,
  fault TEXT,
  trapped INTEGER,
  first_tech INTEGER REFERENCES tech(tech_id),
  second_tech INTEGER REFERENCES tech(tech_id),
  mins_to_arrive INTEGER,
  hrs_work REAL
);
CREATE TABLE part_used (
  call_no INTEGER REFERENCES callout(call_no),
  part_nm TEXT,
  qty INTEGER,
  unit_price REAL,
  PRIMARY KEY (call_no, part_nm)
);
INSERT INTO bldg VALUES
(1,'14 Corniche Road','Portalba',9,'flats','Hearth & Key'),
(2,'2 Assize Square','Portalba',5,'court',NULL),
(3,'Tower Marisco','Portalba',22,'offices','Apex Estates'),
(4,'77 Mulberry Lane','Sant Ferriol',6,'flats','Hearth & Key'),
(5,'Clinic Aldana','Sant Ferriol',7,'clinic','Aldana Health'),
(6,'Hotel Belvoir','Cape Nonna',11,'hotel','Apex Estates'),
(7,'3 Ropewalk','Cape Nonna',4,'flats',NULL);
INSERT INTO elev VALUES
('E-11',1,'Schirmer',1978,450,6,'2023-05-10'),('E-12',1,'Schirmer',1978,450,6,'2023-05-10'),('E-21',2,'Lodestar',2003,630,8,'2023-09-04'),('E-31',3,'Kanto',2019,1600,21,'2024-01-15'),('E-32',3,'Kanto',2019,1600,21,'2024-01-15'),('E-33',3,'Kanto',2019,2500,NULL,'2023-12-01'),('E-41',4,'Lodestar',1996,320,4,'2022-11-22'),('E-51',5,'Schirmer',2011,2000,26,'2023-10-30'),('E-61',6,'Lodestar',1989,800,10,'2024-02-20'),('E-71',7,'Vesper',2022,400,5,NULL);
INSERT INTO tech VALUES
(1,'Ruggero Sala','V1','2001-10-01',58,NULL),(2,'Mandy Croft','V1','2013-03-04',47.5,1),(3,'Abdi Warsame','V2','2017-08-21',44,4),(4,'Lotta Brandes','V2','2010-05-17',52,NULL),(5,'Piers Oldham',NULL,'2023-11-06',33,2);
INSERT INTO svc_contract VALUES
(51,'E-11','basic','2015-01-01',NULL,120),(52,'E-12','basic','2015-01-01',NULL,120),(53,'E-21','plus','2018-07-01','2024-06-30',185),(54,'E-31','full','2019-10-01',NULL,420),(55,'E-32','full','2019-10-01',NULL,420),(56,'E-51','full','2016-04-01',NULL,510.5),(57,'E-61','plus','2020-02-01','2023-12-31',210),(58,'E-41','basic','2009-09-01',NULL,95);
INSERT INTO callout VALUES
(1,'E-11','2023-01-18','caretaker','door jam',0,1,NULL,35,1),
(2,'E-41','2023-02-09','resident','stuck between floors',2,3,4,22,2.5),
(3,'E-11','2023-06-26','resident','stuck between floors',1,2,1,18,3),
(4,'E-61','2023-07-30','reception','no power',0,4,NULL,70,4.5),
(5,'E-21','2023-10-12','caretaker','door jam',0,2,NULL,41,0.5),
(6,'E-32','2023-12-21','security','stuck between floors',9,1,2,12,2),
(7,'E-12','2024-01-08','caretaker','noise',0,3,NULL,190,1.5),
(8,'E-51','2024-02-14','reception','door jam',0,3,4,27,2),
(9,'E-11','2024-02-29','resident','overheating',0,1,5,55,6),
(10,'E-61','2024-03-17','reception','no power',3,4,3,25,NULL);
INSERT INTO part_used VALUES
(1,'door roller',2,34.5),(2,'brake pad',4,61),(3,'relay',1,118),(4,'control board',1,1490),(5,'door roller',1,34.5),(6,'relay',2,142),(8,'light curtain',1,655.5),(9,'motor fan',1,380),(9,'relay',1,118),(4,'fuse',6,3.2);
