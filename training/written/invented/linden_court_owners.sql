CREATE TABLE Owners (
  OwnerNr INTEGER PRIMARY KEY,
  Surname TEXT,
  GivenName TEXT,
  Email TEXT,
  OwnerSince DATE
);
CREATE TABLE Flats (
  FlatNr TEXT PRIMARY KEY,
  Floor INTEGER,
  Rooms INTEGER,
  AreaSqm REAL,
  MonthlyCharge REAL,
  OwnerNr INTEGER REFERENCES Owners(OwnerNr),
  TenantName TEXT
);
CREATE TABLE Meetings (
  MeetingNr INTEGER PRIMARY KEY,
  MeetingDate DATE,
  Place TEXT,
  BeginsAt INTEGER,
  EndsAt INTEGER,
  ChairNr INTEGER REFERENCES Owners(OwnerNr),
  MinutesNr INTEGER REFERENCES Owners(OwnerNr)
);
CREATE TABLE Attendance (
  MeetingNr INTEGER REFERENCES Meetings(MeetingNr),
  OwnerNr INTEGER REFERENCES Owners(OwnerNr),
  ProxyNr INTEGER REFERENCES Owners(OwnerNr),
  PRIMARY KEY (MeetingNr, OwnerNr)
);
CREATE TABLE Motions (
  MotionNr INTEGER PRIMARY KEY,
  MeetingNr INTEGER REFERENCES Meetings(MeetingNr),
  Subject TEXT,
  ProposedBy INTEGER REFERENCES Owners(OwnerNr),
  EstimatedCost INTEGER,
  VotesFor INTEGER,
  VotesAgainst INTEGER,
  Result TEXT
);
CREATE TABLE Works (
  WorkNr INTEGER PRIMARY KEY,
  MotionNr INTEGER REFERENCES Motions(MotionNr),
  Contractor TEXT,
  StartDate DATE,
  FinishDate DATE,
  FinalCost REAL
);
INSERT INTO Owners VALUES
(1,'Petrossian','Anahit','anahit@lindenmail.org','1999-06-01'),
(2,'Wycliffe','George',NULL,'2004-03-15'),
(3,'Haugland','Siri','siri.h@fjordpost.no','2011-09-30'),
(4,'Wycliffe','Dora','dora@lindenmail.org','2004-03-15'),
(5,'Nakagawa','Ren','ren@nakastudio.jp','2018-01-10'),
(6,'Zabala','Iker','iker@zabala.es','2020-07-22'),
(7,'Pomeroy','Faith','faith.p@lindenmail.org','2015-11-05'),
(8,'Sokolnik','Jarek',NULL,'2022-12-01');
INSERT INTO Flats VALUES
('0A',0,2,54.5,210,2,'Milan Bures'),
('0B',0,3,71,268,1,NULL),
('1A',1,4,98.2,372,3,NULL),
('1B',1,2,55,214,6,'Katrin Vogel'),
('2A',2,4,98.2,372,5,NULL),
('2B',2,2,55,214,4,NULL),
('3A',3,3,80.4,301,7,NULL),
('3B',3,1,38,150,1,'Ole Brandt'),
('4P',4,5,142,540,8,NULL),
('G1',-1,0,14,NULL,3,NULL);
INSERT INTO Meetings VALUES
(1,'2022-03-16','Cellar Hall',18,21,1,7),
(2,'2022-11-09','Cellar Hall',19,21,1,3),
(3,'2023-03-22','Cafe Morgenrot',18,22,7,3),
(4,'2023-10-18','Cellar Hall',18,20,7,5),
(5,'2024-03-13','Cafe Morgenrot',19,23,3,6),
(6,'2024-06-05','Courtyard',17,18,3,NULL);
INSERT INTO Attendance VALUES
(1,1,NULL),(1,2,4),(1,3,NULL),(1,4,NULL),(1,7,NULL),
(2,1,NULL),(2,3,NULL),(2,4,NULL),(2,6,1),
(3,1,7),(3,3,NULL),(3,5,NULL),(3,7,NULL),(3,6,NULL),
(4,3,NULL),(4,5,NULL),(4,7,NULL),(4,4,7),
(5,1,NULL),(5,3,NULL),(5,4,NULL),(5,5,3),(5,6,NULL),(5,7,NULL),
(6,3,NULL),(6,6,NULL);
INSERT INTO Motions VALUES
(1,1,'new front door',2,6500,4,1,'carried'),
(2,1,'ban on bicycles in the hall',4,0,2,3,'rejected'),
(3,2,'roof insulation',3,48000,3,1,'carried'),
(4,3,'solar cells on the roof',5,31000,2,3,'rejected'),
(5,3,'bicycle shed',6,8200,4,1,'carried'),
(6,4,'repaint the stairs',7,5400,3,1,'carried'),
(7,5,'solar cells on the roof',5,29500,4,2,'carried'),
(8,5,'new caretaker',1,NULL,3,3,'postponed'),
(9,6,'herb garden',3,900,2,0,'carried');
INSERT INTO Works VALUES
(1,1,'Joinery Falk','2022-06-07','2022-06-10',6890.5),
(2,3,'Dachtec','2023-04-17','2023-07-28',52340),
(3,5,'Joinery Falk','2023-09-04','2023-09-15',7950),
(4,6,'Brush & Ladder','2024-01-15','2024-02-09',5400),
(5,7,'Dachtec','2024-07-01',NULL,NULL);
