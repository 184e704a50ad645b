CREATE TABLE farm (
  farm_cd TEXT PRIMARY KEY,
  farm_nm TEXT,
  crofter TEXT,
  parish TEXT,
  acres REAL,
  est_yr INTEGER
);
CREATE TABLE sheep (
  tag_no TEXT PRIMARY KEY,
  pet_nm TEXT,
  breed TEXT,
  sex TEXT,
  born_dt DATE,
  farm_cd TEXT REFERENCES farm(farm_cd),
  mother_tag TEXT REFERENCES sheep(tag_no),
  father_tag TEXT REFERENCES sheep(tag_no)
);
CREATE TABLE shearer (
  shr_id INTEGER PRIMARY KEY,
  shr_nm TEXT,
  age INTEGER,
  parish TEXT,
  per_head REAL
);
CREATE TABLE clip (
  clip_id INTEGER PRIMARY KEY,
  tag_no TEXT REFERENCES sheep(tag_no),
  shr_id INTEGER REFERENCES shearer(shr_id),
  clip_dt DATE,
  fleece_kg REAL,
  grade TEXT,
  kg_price REAL
);
CREATE TABLE ferry_sale (
  sale_id INTEGER PRIMARY KEY,
  tag_no TEXT REFERENCES sheep(tag_no),
  from_farm TEXT REFERENCES farm(farm_cd),
  to_farm TEXT REFERENCES farm(farm_cd),
  sale_dt DATE,
  price INTEGER
);
CREATE TABLE show_result (
  show_nm TEXT,
  show_yr INTEGER,
  tag_no TEXT REFERENCES sheep(tag_no),
  class TEXT,
  place INTEGER,
  prize INTEGER,
  PRIMARY KEY (show_nm, show_yr, tag_no)
);
INSERT INTO farm VALUES ('NB','North Byre','Murdo Gillan','Kilbrack',210.5,1871),('SW','Sweyn''s Holm','Ingirid Flett','Sandwall',94,1902),('CL','Clett','Ronald and Jean Muir','Kilbrack',332,1848),('OT','Otterburn Croft','Yuko Ferrier','Sandwall',41,2016),('LH','Lighthouse Field','Barnaby Spence','Outer Ness',18.5,NULL);
INSERT INTO sheep VALUES
('K001','Duchess','Kettle','F','2016-04-20','NB',NULL,NULL),('K002','Old Harald','Kettle','M','2015-05-02','NB',NULL,NULL),('K003','Nettle','Kettle','F','2018-04-11','NB','K001','K002'),('K004','Bramble','Kettle','F','2019-04-29','SW','K001','K002'),('K005','Thunder','Blackface','M','2018-03-30','CL',NULL,NULL),('K006','Mist','Blackface','F','2019-05-05','CL',NULL,'K005'),('K007',NULL,'Blackface','F','2021-04-16','CL','K006','K005'),('K008','Snowdrop','Cheviot','F','2020-03-14','OT',NULL,NULL),('K009','Pirate','Kettle','M','2021-05-21','SW','K004','K002'),('K010','Biscuit','Cheviot','F','2022-04-08','OT','K008',NULL),('K011','Tansy','Kettle','F','2022-04-30','NB','K003','K009');
INSERT INTO shearer VALUES (1,'Dougie Rae',58,'Kilbrack',2.4),(2,'Freya Inkster',34,'Sandwall',2.75),(3,'Manu Tairoa',27,NULL,3.1),(4,'Old Wat Corsie',77,'Outer Ness',1.5);
INSERT INTO clip VALUES
(1,'K001',1,'2022-06-18',2.1,'A',3.2),(2,'K002',1,'2022-06-18',2.9,'B',2.4),(3,'K005',2,'2022-06-25',3.6,'C',1.1),(4,'K006',2,'2022-06-25',2.8,'C',1.1),(5,'K008',3,'2022-07-02',3,'B',2),(6,'K001',1,'2023-06-17',1.9,'A',3.5),(7,'K003',1,'2023-06-17',2,'A',3.5),(8,'K004',2,'2023-06-20',2.2,'A',3.5),(9,'K005',3,'2023-07-01',3.9,'C',0.95),(10,'K009',2,'2023-06-20',2.6,'B',2.6),(11,'K010',3,'2023-07-01',2.7,'B',NULL),(12,'K011',1,'2023-06-17',1.7,'A',3.5);
INSERT INTO ferry_sale VALUES (1,'K004','NB','SW','2020-09-12',180),(2,'K006','CL','OT','2021-09-11',120),(3,'K006','OT','CL','2022-05-07',105),(4,'K009','SW','NB','2021-10-02',260),(5,'K009','NB','SW','2022-11-12',340),(6,'K008','CL','OT','2020-10-03',150);
INSERT INTO show_result VALUES ('Kilbrack Show',2022,'K001','ewe',1,40),('Kilbrack Show',2022,'K006','ewe',3,10),('Kilbrack Show',2022,'K002','ram',2,20),('Kilbrack Show',2023,'K009','ram',1,45),('Kilbrack Show',2023,'K003','ewe',1,45),('Mainland Royal',2023,'K009','ram',4,NULL),('Mainland Royal',2023,'K008','ewe',2,150),('Mainland Royal',2022,'K005','ram',1,300);
