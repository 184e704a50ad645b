CREATE TABLE tbl_district (
  dist_cd TEXT PRIMARY KEY,
  dist_nm TEXT,
  reservoir TEXT,
  pop INTEGER
);
CREATE TABLE tbl_cust (
  cust_no INTEGER PRIMARY KEY,
  cust_nm TEXT,
  cust_type TEXT,
  street TEXT,
  dist_cd TEXT REFERENCES tbl_district(dist_cd),
  phone TEXT,
  since_dt DATE
);
CREATE TABLE tbl_meter (
  mtr_no TEXT PRIMARY KEY,
  cust_no INTEGER REFERENCES tbl_cust(cust_no),
  make TEXT,
  diam_mm INTEGER,
  inst_dt DATE,
  replaces_mtr TEXT REFERENCES tbl_meter(mtr_no)
);
CREATE TABLE tbl_staff (
  staff_no INTEGER PRIMARY KEY,
  staff_nm TEXT,
  job TEXT,
  hired_dt DATE,
  boss_no INTEGER REFERENCES tbl_staff(staff_no)
);
CREATE TABLE tbl_reading (
  rdg_no INTEGER PRIMARY KEY,
  mtr_no TEXT REFERENCES tbl_meter(mtr_no),
  staff_no INTEGER REFERENCES tbl_staff(staff_no),
  rdg_dt DATE,
  prev_m3 DECIMAL,
  curr_m3 DECIMAL
);
CREATE TABLE tbl_bill (
  bill_no INTEGER PRIMARY KEY,
  cust_no INTEGER REFERENCES tbl_cust(cust_no),
  bill_dt DATE,
  amt DECIMAL,
  paid_dt DATE
);
CREATE TABLE tbl_leak (
  leak_no INTEGER PRIMARY KEY,
  dist_cd TEXT REFERENCES tbl_district(dist_cd),
  found_by INTEGER REFERENCES tbl_staff(staff_no),
  fixed_by INTEGER REFERENCES tbl_staff(staff_no),
  found_dt DATE,
  fixed_dt DATE,
  severity TEXT,
  lost_m3 DECIMAL
);
INSERT INTO tbl_district VALUES ('NB','North Brindle','Carrow Tarn',8400),('SB','South Brindle','Carrow Tarn',12150),('QU','Quarry End','Hob Lake',3100),('FE','Fenwick Vale','Hob Lake',5200),('MO','Moss Side Upper','Pike Mere',NULL);
INSERT INTO tbl_cust VALUES
(501,'Delphine Arkwright','household','4 Tannery Row','NB','0551 2201','2011-05-01'),
(502,'Copperpot Laundry','business','19 Mill Lane','NB','0551 7834','2016-09-12'),
(503,'Rasheed Omondi','household','7 Heron Close','SB',NULL,'2018-03-30'),
(504,'St Aldric School','public','1 Chapel Hill','SB','0551 9000','2004-01-15'),
(505,'Wilma Ostrander','household','22 Heron Close','SB','0551 4117','2020-11-02'),
(506,'Gristle & Sons Butchers','business','3 Mill Lane','QU','0551 6620','2019-06-18'),
(507,'Piotr Zawadzki','household','12 Slate Street','QU',NULL,'2021-02-25'),
(508,'Bluebell Nursery Gardens','business','Fenwick Road','FE','0551 3345','2013-04-08'),
(509,'Hanne Lindqvist','household','9 Orchard Walk','FE','0551 1280','2022-08-14'),
(510,'Fenwick Baths','public','2 Orchard Walk','FE','0551 5050','2009-10-20'),
(511,'Tobias Quill','household','15 Slate Street','QU','0551 8172','2023-12-01');
INSERT INTO tbl_meter VALUES
('W-1001',501,'Sensix',15,'2011-05-03',NULL),('W-1002',502,'Hydrona',40,'2016-09-20',NULL),('W-1003',503,'Sensix',15,'2018-04-02',NULL),
('W-1004',504,'Hydrona',50,'2004-02-01',NULL),('W-1005',504,'Aquatell',50,'2022-02-10','W-1004'),('W-1006',505,'Sensix',20,'2020-11-05',NULL),
('W-1007',506,'Hydrona',25,'2019-06-30',NULL),('W-1008',507,'Aquatell',15,'2021-03-01',NULL),('W-1009',508,'Hydrona',40,'2013-04-10',NULL),
('W-1010',510,'Sensix',50,'2009-11-01',NULL),('W-1011',501,'Aquatell',15,'2023-05-16','W-1001'),('W-1012',509,'Aquatell',20,'2022-08-20',NULL),('W-1013',510,'Hydrona',80,'2023-09-09','W-1010');
INSERT INTO tbl_staff VALUES
(1,'Morwenna Tripp','network manager','2006-03-01',NULL),(2,'Callum Ferreira','meter reader','2015-07-13',1),(3,'Sunniva Dahl','meter reader','2019-01-07',1),
(4,'Barney Okoro','fitter','2010-10-04',1),(5,'Lucinda Wray','fitter','2021-05-24',4),(6,'Joss Pemberley','apprentice','2023-09-01',4),(7,'Ottilie Marsh','meter reader','2022-04-11',2);
INSERT INTO tbl_reading VALUES
(1,'W-1002',2,'2023-03-06',4120.0,4388.5),(2,'W-1003',2,'2023-03-07',310.2,342.8),(3,'W-1006',3,'2023-03-07',88.0,121.4),(4,'W-1005',3,'2023-03-09',640.0,1015.0),
(5,'W-1009',2,'2023-06-12',9050.0,9610.0),(6,'W-1010',7,'2023-06-13',15220.0,16940.5),(7,'W-1007',3,'2023-06-20',512.3,575.9),(8,'W-1008',7,'2023-09-04',61.0,84.5),
(9,'W-1002',7,'2023-09-05',4388.5,4702.0),(10,'W-1011',2,'2023-09-11',0.0,19.6),(11,'W-1013',3,'2024-01-15',0.0,1322.0),(12,'W-1003',7,'2024-03-04',342.8,409.1),
(13,'W-1005',2,'2024-03-11',1015.0,1390.0),(14,'W-1006',NULL,'2024-03-18',121.4,150.0);
INSERT INTO tbl_bill VALUES
(9001,502,'2023-03-20',537.00,'2023-04-02'),(9002,503,'2023-03-20',65.20,'2023-04-19'),(9003,505,'2023-03-20',66.80,NULL),(9004,504,'2023-03-22',750.00,'2023-03-30'),
(9005,508,'2023-06-28',1120.00,'2023-08-01'),(9006,510,'2023-06-28',3441.00,'2023-07-05'),(9007,506,'2023-06-30',127.20,NULL),(9008,507,'2023-09-18',47.00,'2023-10-01'),
(9009,502,'2023-09-18',627.00,NULL),(9010,501,'2023-09-20',39.20,'2023-09-29'),(9011,503,'2024-03-15',132.60,NULL),(9012,504,'2024-03-18',750.00,'2024-03-28');
INSERT INTO tbl_leak VALUES
(1,'NB',2,4,'2022-12-18','2022-12-20','major',820.0),(2,'SB',3,5,'2023-01-09','2023-01-09','minor',14.5),(3,'SB',3,4,'2023-02-11','2023-02-15','major',1240.0),
(4,'QU',4,4,'2023-05-30','2023-06-02','minor',33.0),(5,'FE',7,5,'2023-08-08','2023-08-10','moderate',210.0),(6,'NB',2,5,'2024-01-21','2024-01-22','moderate',185.5),
(7,'SB',2,NULL,'2024-03-27',NULL,'minor',NULL),(8,'QU',1,6,'2024-02-13','2024-02-14','minor',14.5);
