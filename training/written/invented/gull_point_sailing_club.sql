CREATE TABLE sailor (
  sailor_id INTEGER PRIMARY KEY,
  sailor_name TEXT,
  age INTEGER,
  village TEXT,
  joined DATE,
  licence TEXT,
  proposer_id INTEGER REFERENCES sailor(sailor_id)
);
CREATE TABLE dinghy (
  sail_no TEXT PRIMARY KEY,
  dinghy_name TEXT,
  class TEXT,
  built INTEGER,
  value REAL,
  owner_id INTEGER REFERENCES sailor(sailor_id),
  mooring TEXT
);
CREATE TABLE regatta (
  regatta_id INTEGER PRIMARY KEY,
  regatta_name TEXT,
  held_on DATE,
  bay TEXT,
  entry_fee REAL,
  wind_knots INTEGER
);
CREATE TABLE race_entry (
  regatta_id INTEGER REFERENCES regatta(regatta_id),
  sail_no TEXT REFERENCES dinghy(sail_no),
  helm_id INTEGER REFERENCES sailor(sailor_id),
  crew_id INTEGER REFERENCES sailor(sailor_id),
  place INTEGER,
  minutes INTEGER,
  PRIMARY KEY (regatta_id, sail_no)
);
CREATE TABLE boat_repair (
  repair_id INTEGER PRIMARY KEY,
  sail_no TEXT REFERENCES dinghy(sail_no),
  repaired_on DATE,
  job TEXT,
  cost REAL,
  yard TEXT
);
INSERT INTO sailor VALUES (1,'Cressida Holm',54,'Gull Point','1996-05-01','coastal',NULL),(2,'Barney Trask',47,'Gull Point','2003-04-12','coastal',1),(3,'Eunice Falkner',31,'Pebble Cove','2015-06-20','inland',1),(4,'Raj Malhotra',38,'Low Quay','2018-03-03','inland',2),(5,'Tolly Trask',16,'Gull Point','2021-05-15',NULL,2),(6,'Wanda Siebert',62,'Pebble Cove','1999-09-09','ocean',1),(7,'Kit Omondi',23,'Low Quay','2023-07-01',NULL,4);
INSERT INTO dinghy VALUES ('GP11','Puffball','Mirror',1979,900,1,'A4'),('GP27','Second Wind','Wayfarer',1994,3400,2,'A7'),('GP34','Custard','Laser',2008,2100,3,'B1'),('GP40','Monsoon','Laser',2016,3950.5,4,'B2'),('GP52','Tern','Topper',2003,650,5,NULL),('GP58','Grey Lady','Wayfarer',1988,2750,6,'A1'),('GP60','Unsinkable','Topper',2019,1200,NULL,'C3');
INSERT INTO regatta VALUES (1,'Whitsun Cup','2023-05-28','Gull Bay',12,14),(2,'Lantern Race','2023-08-19','Low Sound',8,9),(3,'Autumn Bash','2023-10-07','Gull Bay',10,24),(4,'Whitsun Cup','2024-05-19','Gull Bay',14,11),(5,'Round the Stack','2024-07-13','Outer Reach',20,NULL);
INSERT INTO race_entry VALUES (1,'GP11',1,5,4,81),(1,'GP27',2,4,2,66),(1,'GP34',3,NULL,1,63),(1,'GP58',6,1,3,70),(2,'GP34',3,NULL,2,48),(2,'GP40',4,NULL,1,46),(2,'GP52',5,NULL,3,59),(3,'GP27',2,5,1,75),(3,'GP58',6,2,NULL,NULL),(3,'GP40',4,NULL,2,78),(4,'GP34',3,NULL,1,61),(4,'GP27',2,7,2,62),(4,'GP52',5,NULL,3,77);
INSERT INTO boat_repair VALUES (1,'GP58','2023-10-15','new mast',780,'Low Quay Boatyard'),(2,'GP27','2023-06-02','torn jib',95.5,'Sailmaker Finch'),(3,'GP11','2022-04-04','hull leak',210,'Low Quay Boatyard'),(4,'GP52','2024-03-11','rudder',60,NULL),(5,'GP27','2024-04-20','new paint',330,'Low Quay Boatyard'),(6,'GP40','2024-06-01','torn sail',140,'Sailmaker Finch');
