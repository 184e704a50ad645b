CREATE TABLE instructor (
  instr_id INTEGER PRIMARY KEY,
  instr_nm TEXT,
  birth_dt DATE,
  lic_since DATE,
  lesson_price REAL,
  senior_id INTEGER REFERENCES instructor(instr_id)
);
CREATE TABLE learner (
  lrn_id INTEGER PRIMARY KEY,
  lrn_nm TEXT,
  birth_dt DATE,
  district TEXT,
  enrol_dt DATE,
  licence_cls TEXT,
  main_instr INTEGER REFERENCES instructor(instr_id)
);
CREATE TABLE school_car (
  plate TEXT PRIMARY KEY,
  model TEXT,
  gearbox TEXT,
  reg_dt DATE,
  km INTEGER,
  fuel TEXT
);
CREATE TABLE drive_lesson (
  les_id INTEGER PRIMARY KEY,
  lrn_id INTEGER REFERENCES learner(lrn_id),
  instr_id INTEGER REFERENCES instructor(instr_id),
  plate TEXT REFERENCES school_car(plate),
  les_dt DATE,
  mins INTEGER,
  topic TEXT,
  km_driven REAL
);
CREATE TABLE driving_test (
  test_id INTEGER PRIMARY KEY,
  lrn_id INTEGER REFERENCES learner(lrn_id),
  test_kind TEXT,
  test_dt DATE,
  errors INTEGER,
  result TEXT,
  fee REAL
);
CREATE TABLE car_damage (
  dmg_id INTEGER PRIMARY KEY,
  plate TEXT REFERENCES school_car(plate),
  dmg_dt DATE,
  at_wheel INTEGER REFERENCES learner(lrn_id),
  part TEXT,
  cost REAL
);
INSERT INTO instructor VALUES (1,'Rosemary Thwaite','1962-04-18','1988-06-01',62,NULL),(2,'Kofi Ansah','1980-10-09','2007-03-15',55,1),(3,'Irina Lebedeva','1987-01-26','2014-09-01',55,1),(4,'Stan Belcher','1971-12-12','2001-02-20',58.5,NULL),(5,'Aziza Karimova','1996-08-03','2023-05-10',48,3);
INSERT INTO learner VALUES
(1,'Tilda Marsh','2005-03-19','Elmgate','2023-01-09','B',2),(2,'Rico Santoro','2004-11-02','Harbourside','2023-01-30','B',3),(3,'Beatrix Noor','1978-06-25','Elmgate','2023-03-06','B',1),(4,'Joon Park','2006-01-14','St Giles','2023-08-21','A',4),(5,'Fergal Doyle','2003-09-08','Harbourside','2023-05-15','B',2),(6,'Amelie Roth','2005-12-30','Elmgate','2023-11-06','BE',4),(7,'Kemal Usta','1990-02-17','St Giles','2024-01-15','B',5),(8,'Daisy Plum','2006-07-07',NULL,'2024-03-04','B',NULL);
INSERT INTO school_car VALUES ('QG-100','Corsino','manual','2019-02-11',98200,'petrol'),('QG-101','Corsino','manual','2020-07-01',76400,'petrol'),('QG-205','Volta 3','automatic','2022-09-19',31050,'electric'),('QG-300','Hauler','manual','2017-05-05',121800,'diesel'),('QG-400','Sting 500','manual','2021-04-23',15500,'petrol'),('QG-206','Volta 3','automatic','2024-02-26',900,'electric');
INSERT INTO drive_lesson VALUES
(1,1,2,'QG-100','2023-02-01',45,'first steps',9.5),(2,1,2,'QG-100','2023-02-15',90,'town',31),(3,2,3,'QG-205','2023-02-20',90,'town',28),(4,3,1,'QG-101','2023-03-20',45,'first steps',7),(5,3,1,'QG-101','2023-04-03',45,'parking',6.5),(6,3,3,'QG-205','2023-06-12',90,'motorway',84),(7,4,4,'QG-400','2023-09-05',60,'town',22),(8,5,2,'QG-101','2023-06-01',90,'night drive',47.5),(9,5,2,'QG-100','2023-07-11',90,'motorway',96),(10,6,4,'QG-300','2023-11-27',120,'trailer',38),(11,1,3,'QG-205','2023-05-30',90,'motorway',88),(12,7,5,'QG-205','2024-02-05',45,'first steps',8),(13,2,3,'QG-205','2023-04-18',45,'parking',5),(14,7,5,'QG-205','2024-02-19',90,'town',NULL);
INSERT INTO driving_test VALUES (1,1,'theory','2023-03-14',2,'pass',25),(2,1,'practical','2023-06-20',5,'pass',130),(3,2,'theory','2023-03-28',11,'fail',25),(4,2,'theory','2023-04-25',3,'pass',25),(5,3,'theory','2023-05-16',0,'pass',25),(6,3,'practical','2023-07-25',12,'fail',130),(7,3,'practical','2023-09-12',4,'pass',130),(8,5,'theory','2023-08-08',6,'pass',25),(9,5,'practical','2023-10-10',9,'fail',130),(10,6,'practical','2024-01-23',3,'pass',165),(11,4,'theory','2023-10-31',NULL,'absent',25);
INSERT INTO car_damage VALUES (1,'QG-100','2023-02-15',1,'mirror',140),(2,'QG-205','2023-04-18',2,'bumper',620.5),(3,'QG-300','2023-11-27',6,'tail light',85),(4,'QG-101','2023-04-03',3,'wheel rim',210),(5,'QG-205','2023-12-18',NULL,'windscreen',480);
