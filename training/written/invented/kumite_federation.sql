CREATE TABLE Dojo (
  DojoID INTEGER PRIMARY KEY,
  DojoName TEXT,
  City TEXT,
  Style TEXT,
  FoundedOn DATE,
  MonthlyDues REAL
);
CREATE TABLE Karateka (
  KaratekaID INTEGER PRIMARY KEY,
  FullName TEXT,
  Sex TEXT,
  BornOn DATE,
  WeightKg REAL,
  HeightCm INTEGER,
  DojoID INTEGER REFERENCES Dojo(DojoID),
  SenseiID INTEGER REFERENCES Karateka(KaratekaID)
);
CREATE TABLE BeltExam (
  ExamID INTEGER PRIMARY KEY,
  KaratekaID INTEGER REFERENCES Karateka(KaratekaID),
  Belt TEXT,
  ExamDate DATE,
  Points INTEGER,
  Passed TEXT,
  ExaminerID INTEGER REFERENCES Karateka(KaratekaID)
);
CREATE TABLE Tournament (
  TournamentID INTEGER PRIMARY KEY,
  Title TEXT,
  City TEXT,
  FirstDay DATE,
  LastDay DATE,
  EntryFee INTEGER,
  HostDojoID INTEGER REFERENCES Dojo(DojoID)
);
CREATE TABLE Bout (
  BoutID INTEGER PRIMARY KEY,
  TournamentID INTEGER REFERENCES Tournament(TournamentID),
  RoundName TEXT,
  RedID INTEGER REFERENCES Karateka(KaratekaID),
  BlueID INTEGER REFERENCES Karateka(KaratekaID),
  RedPoints INTEGER,
  BluePoints INTEGER,
  WinnerID INTEGER REFERENCES Karateka(KaratekaID)
);
CREATE TABLE Entry (
  TournamentID INTEGER REFERENCES Tournament(TournamentID),
  KaratekaID INTEGER REFERENCES Karateka(KaratekaID),
  Discipline TEXT,
  FinalRank INTEGER,
  PRIMARY KEY (TournamentID, KaratekaID)
);
INSERT INTO Dojo VALUES
(1,'Rising Crane','Ostvale','shotokan','1984-03-01',38),
(2,'Iron Bamboo','Merelli','goju-ryu','1997-10-12',45.5),
(3,'Quiet Storm','Ostvale','wado-ryu','2009-01-20',32),
(4,'Nordhav Karate','Fjellby','shotokan','1976-09-05',40),
(5,'Little Tigers','Merelli','shotokan','2018-04-14',25),
(6,'Open Hand',NULL,'kyokushin','2021-11-01',30);
INSERT INTO Karateka VALUES
(1,'Kazuko Benoit','F','1968-05-09',58.5,164,1,NULL),
(2,'Torsten Vik','M','1974-02-17',84,186,4,NULL),
(3,'Adaeze Nwosu','F','1999-08-30',61,170,1,1),
(4,'Matteo Galvan','M','2001-12-02',74.5,178,2,NULL),
(5,'Sunniva Vik','F','2003-06-21',55,168,4,2),
(6,'Jorik Petten','M','1996-04-13',90.5,191,4,2),
(7,'Leyla Demirci','F','2005-01-26',52.5,159,3,1),
(8,'Omar Salhi','M','2000-10-10',67,175,2,4),
(9,'Britt Hollis','F','2004-03-03',61,172,3,1),
(10,'Dante Moreau','M','2008-07-15',59,169,5,4),
(11,'Hana Kolar','F','2009-11-11',NULL,150,5,4),
(12,'Silas Ogden','M','1998-09-24',78,182,NULL,NULL);
INSERT INTO BeltExam VALUES
(1,3,'black','2021-06-12',88,'Y',1),
(2,5,'brown','2021-11-20',81,'Y',2),
(3,6,'black','2022-03-19',54,'N',1),
(4,6,'black','2022-10-08',79,'Y',1),
(5,7,'blue','2022-10-08',92,'Y',1),
(6,8,'brown','2023-02-25',66,'Y',4),
(7,10,'green','2023-05-13',73,'Y',4),
(8,11,'orange','2023-05-13',47,'N',4),
(9,9,'brown','2023-11-04',84,'Y',1),
(10,5,'black','2024-02-17',90,'Y',2),
(11,11,'orange','2024-03-09',70,'Y',4);
INSERT INTO Tournament VALUES
(1,'Crane Cup','Ostvale','2023-03-25','2023-03-26',20,1),
(2,'Fjord Open','Fjellby','2023-09-16','2023-09-17',35,4),
(3,'Bamboo Trophy','Merelli','2024-01-20','2024-01-20',15,2),
(4,'Federation Finals','Ostvale','2024-05-10','2024-05-12',40,3),
(5,'Tigers Youth Day','Merelli','2024-06-22','2024-06-22',0,5);
INSERT INTO Entry VALUES
(1,3,'kumite',1),(1,7,'kata',2),(1,9,'kumite',3),(1,8,'kumite',5),
(2,5,'kumite',1),(2,6,'kumite',2),(2,3,'kata',1),(2,4,'kumite',4),
(3,4,'kumite',1),(3,8,'kumite',2),(3,10,'kata',3),
(4,3,'kumite',2),(4,5,'kumite',1),(4,6,'kumite',3),(4,9,'kata',NULL),(4,7,'kata',1);
INSERT INTO Bout VALUES
(1,1,'semifinal',3,9,5,2,3),
(2,1,'final',3,8,4,3,3),
(3,2,'quarterfinal',4,6,1,6,6),
(4,2,'final',6,5,2,3,5),
(5,3,'semifinal',8,4,2,2,NULL),
(6,3,'final',4,8,7,4,4),
(7,4,'quarterfinal',9,5,0,4,5),
(8,4,'semifinal',3,6,5,1,3),
(9,4,'final',5,3,6,5,5);
