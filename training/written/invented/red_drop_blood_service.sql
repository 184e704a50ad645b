CREATE TABLE Giver (
  giverNo INTEGER PRIMARY KEY,
  giverName TEXT,
  bloodGroup TEXT,
  born DATE,
  gender TEXT,
  town TEXT,
  weightKg INTEGER,
  broughtBy INTEGER REFERENCES Giver(giverNo)
);
CREATE TABLE Nurse (
  nurseNo INTEGER PRIMARY KEY,
  nurseName TEXT,
  town TEXT,
  hired DATE,
  monthlyPay INTEGER
);
CREATE TABLE Drive (
  driveNo INTEGER PRIMARY KEY,
  driveDate DATE,
  town TEXT,
  hall TEXT,
  beds INTEGER,
  headNurse INTEGER REFERENCES Nurse(nurseNo)
);
CREATE TABLE Bag (
  bagNo TEXT PRIMARY KEY,
  giverNo INTEGER REFERENCES Giver(giverNo),
  driveNo INTEGER REFERENCES Drive(driveNo),
  drawnBy INTEGER REFERENCES Nurse(nurseNo),
  testedBy INTEGER REFERENCES Nurse(nurseNo),
  ml INTEGER,
  haemoglobin REAL,
  expires DATE,
  fate TEXT
);
CREATE TABLE Hospital (
  hospCode TEXT PRIMARY KEY,
  hospName TEXT,
  town TEXT,
  beds INTEGER
);
CREATE TABLE Dispatch (
  dispatchNo INTEGER PRIMARY KEY,
  bagNo TEXT REFERENCES Bag(bagNo),
  hospCode TEXT REFERENCES Hospital(hospCode),
  sentOn DATE,
  price REAL,
  urgent TEXT
);
INSERT INTO Giver VALUES (1,'Maud Ellery','O-','1969-02-11','F','Tarnbeck',64,NULL),(2,'Sven Eriksen','A+','1985-07-07','M','Tarnbeck',88,1),(3,'Pooja Nair','B+','1993-10-19','F','Ludgrove',57,NULL),(4,'Hugh Ballard','O+','1958-12-24','M','Ludgrove',92,NULL),(5,'Ana Lucia Prado','A+','2001-05-05','F','Westmere',61,3),(6,'Gregor Falk','AB-','1977-03-30','M','Westmere',79,2),(7,'Tess Ellery','O-','2004-08-15','F','Tarnbeck',NULL,1),(8,'Idris Kane','O+','1990-01-21','M',NULL,83,4),(9,'Lorna Duff','B-','1981-11-02','F','Ludgrove',70,NULL);
INSERT INTO Nurse VALUES (1,'Benedict Shaw','Tarnbeck','2005-04-01',3650),(2,'Imelda Cruz','Westmere','2011-09-12',3300),(3,'Kasia Wrona','Ludgrove','2018-02-05',2950),(4,'Dean Holroyd','Tarnbeck','2023-10-16',2600);
INSERT INTO Drive VALUES (1,'2023-03-11','Tarnbeck','Scout Hall',6,1),(2,'2023-05-20','Ludgrove','Town Library',4,3),(3,'2023-09-16','Westmere','Sports Centre',10,2),(4,'2024-01-13','Tarnbeck','Scout Hall',6,1),(5,'2024-03-23','Ludgrove','St Olaf School',5,NULL),(6,'2024-05-25','Westmere','Sports Centre',10,2);
INSERT INTO Bag VALUES
('B001',1,1,1,2,450,13.9,'2023-04-22','used'),('B002',2,1,4,2,500,15.1,'2023-04-22','used'),('B003',7,1,4,3,450,12.4,'2023-04-22','expired'),('B004',3,2,3,1,450,12.8,'2023-07-01','used'),('B005',4,2,3,1,500,14.6,'2023-07-01','used'),('B006',5,3,2,3,450,13.2,'2023-10-28','rejected'),('B007',6,3,2,3,500,15.8,'2023-10-28','used'),('B008',1,3,2,1,450,13.5,'2023-10-28','used'),('B009',1,4,1,4,450,13.1,'2024-02-24','used'),('B010',2,4,4,1,500,14.9,'2024-02-24','expired'),('B011',8,4,1,2,500,16,'2024-02-24','used'),('B012',4,5,3,2,500,14.2,'2024-05-04','stored'),('B013',3,5,3,NULL,450,NULL,'2024-05-04','stored');
INSERT INTO Hospital VALUES ('KGH','King George Hospital','Tarnbeck',420),('LCI','Ludgrove Cottage Infirmary','Ludgrove',60),('WUC','Westmere University Clinic','Westmere',980),('STB','St Brigid Maternity','Westmere',110);
INSERT INTO Dispatch VALUES (1,'B001','KGH','2023-03-18',142,'yes'),(2,'B002','WUC','2023-04-02',128,'no'),(3,'B004','LCI','2023-06-10',128,'no'),(4,'B005','WUC','2023-06-14',131.5,'yes'),(5,'B007','WUC','2023-10-01',165,'yes'),(6,'B008','KGH','2023-10-09',142,'no'),(7,'B009','WUC','2024-01-29',150,'yes'),(8,'B011','KGH','2024-02-11',134,NULL);
