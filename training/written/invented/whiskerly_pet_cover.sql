CREATE TABLE t_owner (
  owner_id INTEGER PRIMARY KEY,
  first_nm TEXT,
  last_nm TEXT,
  city TEXT,
  birth_dt DATE,
  referred_by INTEGER REFERENCES t_owner(owner_id)
);
CREATE TABLE t_animal (
  animal_id INTEGER PRIMARY KEY,
  call_nm TEXT,
  species TEXT,
  breed TEXT,
  birth_dt DATE,
  weight_kg REAL,
  owner_id INTEGER REFERENCES t_owner(owner_id)
);
CREATE TABLE t_tariff (
  tariff_cd TEXT PRIMARY KEY,
  tariff_nm TEXT,
  monthly_fee REAL,
  excess REAL,
  yearly_limit INTEGER
);
CREATE TABLE t_contract (
  contract_no INTEGER PRIMARY KEY,
  animal_id INTEGER REFERENCES t_animal(animal_id),
  tariff_cd TEXT REFERENCES t_tariff(tariff_cd),
  start_dt DATE,
  end_dt DATE,
  paid_how TEXT
);
CREATE TABLE t_clinic (
  clinic_id INTEGER PRIMARY KEY,
  clinic_nm TEXT,
  city TEXT,
  is_partner TEXT
);
CREATE TABLE t_claim (
  claim_no INTEGER PRIMARY KEY,
  contract_no INTEGER REFERENCES t_contract(contract_no),
  clinic_id INTEGER REFERENCES t_clinic(clinic_id),
  treated_dt DATE,
  filed_dt DATE,
  diagnosis TEXT,
  billed REAL,
  refunded REAL,
  outcome TEXT
);
INSERT INTO t_owner VALUES
(1,'Harriet','Loxley','Penbury','1971-06-18',NULL),
(2,'Youssef','Mansour','Graymouth','1988-02-03',1),
(3,'Carla','Bianchetti','Penbury','1995-09-27',NULL),
(4,'Ulf','Sandgren','Tidewell','1964-12-11',1),
(5,'Aoife','Mulcahy','Graymouth','1999-04-30',2),
(6,'Terence','Loxley','Tidewell','1958-01-22',NULL),
(7,'Bich','Tran','Penbury','1983-08-15',3),
(8,'Rafael','Quiroga',NULL,'1990-10-06',NULL);
INSERT INTO t_animal VALUES
(1,'Biscuit','dog','beagle','2018-03-12',12.4,1),
(2,'Juno','cat','siamese','2020-07-01',4.1,1),
(3,'Thor','dog','rottweiler','2017-11-23',48.5,2),
(4,'Pixel','rabbit','mini lop','2022-05-08',1.9,3),
(5,'Matilda','cat','maine coon','2016-01-30',7.2,4),
(6,'Biscuit','rabbit','rex','2021-09-14',2.6,5),
(7,'Captain','parrot','african grey','2009-06-06',0.5,6),
(8,'Nala','cat',NULL,'2023-02-17',3.4,7),
(9,'Otis','dog','whippet','2021-12-25',13.8,7),
(10,'Fergus','dog','beagle','2015-08-19',14.9,6);
INSERT INTO t_tariff VALUES
('BAS','Basic Paw',9.9,150,1500),('PLU','Plus Paw',19.5,100,4000),('TOP','Golden Paw',34,0,12000),('SUR','Surgery Only',12.25,200,6000);
INSERT INTO t_contract VALUES
(9001,1,'PLU','2019-05-01',NULL,'card'),
(9002,2,'BAS','2021-01-01',NULL,'card'),
(9003,3,'TOP','2018-03-01',NULL,'debit'),
(9004,4,'BAS','2022-09-15','2023-09-14','debit'),
(9005,5,'TOP','2017-02-01',NULL,'invoice'),
(9006,6,'BAS','2022-04-01',NULL,'card'),
(9007,7,'PLU','2020-10-01','2023-12-31','invoice'),
(9008,9,'PLU','2022-06-01',NULL,'debit'),
(9009,4,'PLU','2023-09-15',NULL,'debit'),
(9010,8,'BAS','2023-07-01',NULL,'debit');
INSERT INTO t_clinic VALUES
(1,'Riverside Vets','Penbury','yes'),(2,'Harbour Animal Hospital','Graymouth','yes'),(3,'Dr Pelletier','Tidewell','no'),(4,'Exotic Wing','Graymouth','no'),(5,'Penbury Cat Clinic','Penbury',NULL);
INSERT INTO t_claim VALUES
(1,9001,1,'2022-03-14','2022-03-20','ear infection',140,40,'paid'),
(2,9003,2,'2022-08-02','2022-08-03','torn ligament',2380.5,2380.5,'paid'),
(3,9005,3,'2022-11-28','2023-01-05','kidney disease',910,910,'paid'),
(4,9004,1,'2023-02-10','2023-02-18','overgrown teeth',95,0,'refused'),
(5,9007,4,'2023-04-21','2023-05-02','feather loss',260,160,'paid'),
(6,9001,1,'2023-06-30','2023-07-04','swallowed sock',1215,1115,'paid'),
(7,9003,2,'2023-09-11','2023-09-12','ear infection',180,180,'paid'),
(8,9008,1,'2023-10-08','2023-10-19','broken tooth',430,330,'paid'),
(9,9005,3,'2024-01-16','2024-01-30','kidney disease',1340,1340,'paid'),
(10,9006,2,'2024-02-05','2024-02-06','abscess',310,160,'paid'),
(11,9002,1,'2024-02-27','2024-03-11','dental cleaning',205,NULL,'open'),
(12,9009,1,'2024-03-15','2024-03-15','overgrown teeth',120,NULL,'open');
