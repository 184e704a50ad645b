CREATE TABLE tblRescuers (
  RescuerID INTEGER PRIMARY KEY,
  CallSign TEXT,
  FamilyName TEXT,
  BirthDate DATE,
  JoinDate DATE,
  Skill TEXT,
  HomeValley TEXT,
  RopeBuddyID INTEGER REFERENCES tblRescuers(RescuerID)
);
CREATE TABLE tblCaves (
  CaveID INTEGER PRIMARY KEY,
  CaveName TEXT,
  Valley TEXT,
  DepthM INTEGER,
  LengthM INTEGER,
  FirstExplored INTEGER,
  WaterTempC REAL
);
CREATE TABLE tblGear (
  GearID INTEGER PRIMARY KEY,
  GearName TEXT,
  WeightKg REAL,
  Price REAL,
  BoughtDate DATE,
  RetireDate DATE
);
CREATE TABLE tblCallouts (
  CalloutID INTEGER PRIMARY KEY,
  CaveID INTEGER REFERENCES tblCaves(CaveID),
  AlarmDate DATE,
  AlarmHour INTEGER,
  DurationH REAL,
  Missing INTEGER,
  Injured INTEGER,
  Cause TEXT,
  LeaderID INTEGER REFERENCES tblRescuers(RescuerID),
  RadioID INTEGER REFERENCES tblRescuers(RescuerID)
);
CREATE TABLE tblCalloutTeam (
  CalloutID INTEGER REFERENCES tblCallouts(CalloutID),
  RescuerID INTEGER REFERENCES tblRescuers(RescuerID),
  HoursUnderground REAL,
  PRIMARY KEY (CalloutID, RescuerID)
);
CREATE TABLE tblCalloutGear (
  CalloutID INTEGER REFERENCES tblCallouts(CalloutID),
  GearID INTEGER REFERENCES tblGear(GearID),
  Pieces INTEGER,
  Lost INTEGER,
  PRIMARY KEY (CalloutID, GearID)
);
INSERT INTO tblRescuers VALUES (1,'Badger','Llewellyn','1971-06-06','1994-03-01','rigging','Upper Nant',NULL),(2,'Moth','Sedlar','1983-11-15','2008-10-10','medic','Gorn',1),(3,'Pike','Ferrand','1990-02-27','2013-05-04','diving','Gorn',4),(4,'Newt','Castellan','1988-08-20','2012-09-09','diving','Upper Nant',3),(5,'Lantern','Abascal','1995-04-03','2019-01-19','radio',NULL,2),(6,'Gravel','Tuominen','2001-12-12','2023-06-30','rigging','Sarn',1),(7,'Finch','Llewellyn','2003-09-25','2024-02-01',NULL,'Upper Nant',NULL);
INSERT INTO tblCaves VALUES (1,'Bottomless Nan','Upper Nant',412,6300,1958,7.5),(2,'Dripping Chapel','Gorn',96,1450,1889,9),(3,'Serpent Sump','Gorn',203,11800,1976,6),(4,'Cold Kitchen','Sarn',655,9200,2004,3.5),(5,'Sheep Hole','Sarn',22,180,NULL,NULL),(6,'Whispering Gallery','Upper Nant',140,2750,1931,8);
INSERT INTO tblGear VALUES (1,'static rope 100 m',6.8,240,'2021-03-10',NULL),(2,'stretcher',14.5,1890,'2016-09-01',NULL),(3,'dive cylinder',11.2,410.5,'2018-05-22',NULL),(4,'cave phone',2.1,760,'2019-11-11',NULL),(5,'carbide lamp',0.9,55,'1998-01-30','2015-06-01'),(6,'heat tent',3.4,325,'2022-01-15',NULL),(7,'water pump',38,1420,'2014-07-07',NULL);
INSERT INTO tblCallouts VALUES
(1,1,'2022-05-21',17,9.5,2,1,'fall',1,5),(2,3,'2022-08-13',21,27,3,0,'flood',2,5),(3,2,'2023-01-08',14,3,1,1,'fall',1,NULL),(4,4,'2023-07-29',19,41.5,4,2,'rockfall',4,5),(5,6,'2023-10-01',16,2,5,0,'lost way',2,6),(6,3,'2024-02-17',20,18,1,0,'flood',1,5),(7,1,'2024-03-30',13,NULL,2,NULL,'lost way',4,2);
INSERT INTO tblCalloutTeam VALUES (1,1,7),(1,2,6.5),(1,3,4),(2,2,15),(2,3,22),(2,4,22),(3,1,2),(3,2,2.5),(4,4,30),(4,1,26),(4,3,28.5),(4,2,19),(5,2,1),(5,6,1.5),(6,1,9),(6,3,14),(6,4,14),(7,4,NULL),(7,6,NULL);
INSERT INTO tblCalloutGear VALUES (1,1,4,0),(1,2,1,0),(2,3,6,1),(2,7,1,0),(2,4,2,0),(3,2,1,0),(4,1,9,3),(4,2,2,1),(4,4,2,0),(4,6,2,0),(6,3,4,0),(6,7,2,NULL),(7,1,3,0);
