CREATE TABLE JUDGES (
  JUDGE_ID INTEGER PRIMARY KEY,
  JUDGE_NAME TEXT,
  APPOINTED DATE,
  BIRTH_YEAR INTEGER,
  CHAMBER TEXT,
  MENTOR_ID INTEGER REFERENCES JUDGES(JUDGE_ID)
);
CREATE TABLE LAWYERS (
  LAWYER_ID INTEGER PRIMARY KEY,
  LAWYER_NAME TEXT,
  FIRM TEXT,
  HOURLY_RATE INTEGER,
  ADMITTED DATE
);
CREATE TABLE CASES (
  CASE_NO TEXT PRIMARY KEY,
  TITLE TEXT,
  CATEGORY TEXT,
  FILED DATE,
  CLOSED DATE,
  JUDGE_ID INTEGER REFERENCES JUDGES(JUDGE_ID),
  PLAINTIFF_LAWYER INTEGER REFERENCES LAWYERS(LAWYER_ID),
  DEFENCE_LAWYER INTEGER REFERENCES LAWYERS(LAWYER_ID),
  CLAIM_AMOUNT INTEGER
);
CREATE TABLE COURTROOMS (
  ROOM_CODE TEXT PRIMARY KEY,
  FLOOR INTEGER,
  GALLERY_SEATS INTEGER
);
CREATE TABLE HEARINGS (
  HEARING_ID INTEGER PRIMARY KEY,
  CASE_NO TEXT REFERENCES CASES(CASE_NO),
  ROOM_CODE TEXT REFERENCES COURTROOMS(ROOM_CODE),
  HELD_ON DATE,
  MINUTES INTEGER,
  OUTCOME TEXT
);
CREATE TABLE WITNESSES (
  WITNESS_ID INTEGER PRIMARY KEY,
  WITNESS_NAME TEXT,
  OCCUPATION TEXT,
  HEARING_ID INTEGER REFERENCES HEARINGS(HEARING_ID)
);
CREATE TABLE FINES (
  FINE_ID INTEGER PRIMARY KEY,
  CASE_NO TEXT REFERENCES CASES(CASE_NO),
  IMPOSED DATE,
  AMOUNT INTEGER,
  PAID INTEGER
);
INSERT INTO JUDGES VALUES
(1,'Aurelia Stanhope','2001-09-03',1952,'criminal',NULL),(2,'Benedikt Orlow','2009-04-20',1960,'civil',1),(3,'Constance Adeyemi','2014-01-13',1967,'family',1),
(4,'Dorian Fitzwarren','2018-06-01',1971,'civil',2),(5,'Eun-ji Park','2021-10-11',1978,'criminal',1),(6,'Ferdinand Lusk','2023-02-27',1975,'family',3);
INSERT INTO LAWYERS VALUES
(1,'Gideon Sharpe','Sharpe & Lowell',320,'1999-06-14'),(2,'Hedda Thornbury','Sharpe & Lowell',275,'2008-11-03'),(3,'Ivo Castellane','Castellane Partners',410,'1994-02-21'),(4,'Joan Mbeki','Harbour Chambers',190,'2016-09-19'),
(5,'Klaus Einarsen','Harbour Chambers',210,'2013-03-08'),(6,'Leonora Vance','Castellane Partners',260,'2011-07-27'),(7,'Magnus Tierney',NULL,120,'2022-01-31'),(8,'Nerys Howell','Harbour Chambers',190,'2020-05-12');
INSERT INTO CASES VALUES
('C-2201','Ashdown v. Ferry Company','civil','2022-02-16','2023-01-20',2,1,3,54000),('C-2202','Crown v. Pellow','criminal','2022-06-03','2022-12-08',1,3,4,NULL),('C-2203','Estate of Marchetti','family','2022-09-12','2023-05-05',3,6,2,128000),
('C-2301','Greengate Council v. Tull','civil','2023-01-30',NULL,4,5,1,22500),('C-2302','Crown v. Oduya','criminal','2023-03-14','2023-11-27',5,3,8,NULL),('C-2303','Larkin v. Larkin','family','2023-04-04','2023-09-01',3,4,6,76000),
('C-2304','Whitlock Mills v. Sunder','civil','2023-07-19','2024-02-02',2,1,5,310000),('C-2305','Crown v. Bassett','criminal','2023-10-09',NULL,1,6,4,NULL),('C-2401','Nettleship v. Port Authority','civil','2024-01-22',NULL,4,2,3,95000),('C-2402','Custody of R. Dane','family','2024-02-08',NULL,NULL,4,7,NULL);
INSERT INTO COURTROOMS VALUES ('A1',1,120),('A2',1,60),('B1',2,45),('B2',2,45),('C1',3,NULL);
INSERT INTO HEARINGS VALUES
(1,'C-2201','A2','2022-05-10',95,'adjourned'),(2,'C-2201','A2','2022-11-18',210,'judgment'),(3,'C-2202','A1','2022-09-06',340,'adjourned'),(4,'C-2202','A1','2022-12-08',180,'convicted'),(5,'C-2203','B1','2023-02-14',75,'settled'),
(6,'C-2302','A1','2023-06-21',290,'adjourned'),(7,'C-2302','A1','2023-11-27',155,'acquitted'),(8,'C-2303','B2','2023-09-01',60,'settled'),(9,'C-2304','A2','2023-12-05',240,'judgment'),(10,'C-2301','B1','2023-08-30',75,'adjourned'),
(11,'C-2305','A1','2024-03-12',310,'adjourned'),(12,'C-2401','B2','2024-03-19',50,'adjourned');
INSERT INTO WITNESSES VALUES
(1,'Osric Bell','ferry captain',1),(2,'Petunia Grey','accountant',2),(3,'Quentin Rao','police officer',3),(4,'Rosalind Ek','shopkeeper',3),(5,'Quentin Rao','police officer',6),(6,'Silas Penhale','doctor',4),(7,'Thea Brandt','accountant',9),(8,'Umar Faiz','engineer',9),(9,'Violet Sayer','neighbour',11),(10,'Wim de Boer','doctor',11),(11,'Osric Bell','ferry captain',2);
INSERT INTO FINES VALUES (1,'C-2202','2022-12-08',4000,4000),(2,'C-2201','2023-01-20',12500,9000),(3,'C-2304','2024-02-02',48000,12000),(4,'C-2203','2023-05-05',600,600),(5,'C-2305','2024-03-12',250,0),(6,'C-2202','2023-01-15',350,0);
