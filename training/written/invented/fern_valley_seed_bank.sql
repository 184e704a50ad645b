CREATE TABLE PlantFamily (
  FamilyCode TEXT PRIMARY KEY,
  FamilyName TEXT,
  CommonName TEXT
);
CREATE TABLE Species (
  SpeciesID INTEGER PRIMARY KEY,
  LatinName TEXT,
  EnglishName TEXT,
  FamilyCode TEXT REFERENCES PlantFamily(FamilyCode),
  Status TEXT,
  HeightCm INTEGER,
  FlowerColour TEXT
);
CREATE TABLE Collector (
  CollectorID INTEGER PRIMARY KEY,
  CollectorName TEXT,
  BirthYear INTEGER,
  Country TEXT,
  ActiveSince DATE,
  TrainedBy INTEGER REFERENCES Collector(CollectorID)
);
CREATE TABLE Accession (
  AccessionNo TEXT PRIMARY KEY,
  SpeciesID INTEGER REFERENCES Species(SpeciesID),
  CollectorID INTEGER REFERENCES Collector(CollectorID),
  CollectedOn DATE,
  StoredOn DATE,
  Place TEXT,
  AltitudeM INTEGER,
  Seeds INTEGER,
  VaultNo INTEGER
);
CREATE TABLE GerminationTest (
  TestID INTEGER PRIMARY KEY,
  AccessionNo TEXT REFERENCES Accession(AccessionNo),
  TestDate DATE,
  Sown INTEGER,
  Sprouted INTEGER,
  TempC REAL,
  DoneBy INTEGER REFERENCES Collector(CollectorID),
  CheckedBy INTEGER REFERENCES Collector(CollectorID)
);
CREATE TABLE SeedRequest (
  RequestID INTEGER PRIMARY KEY,
  AccessionNo TEXT REFERENCES Accession(AccessionNo),
  Institution TEXT,
  Country TEXT,
  RequestedOn DATE,
  SentOn DATE,
  Seeds INTEGER,
  Purpose TEXT
);
INSERT INTO PlantFamily VALUES ('AST','Asteraceae','daisies'),('FAB','Fabaceae','peas'),('ORC','Orchidaceae','orchids'),('POA','Poaceae','grasses'),('RAN','Ranunculaceae','buttercups');
INSERT INTO Species VALUES
(1,'Aster ferninus','fern aster','AST','endangered',45,'violet'),(2,'Lathyrus montivagus','wandering pea','FAB','common',110,'purple'),(3,'Orchis vallensis','valley orchid','ORC','critical',28,'pink'),(4,'Poa glacialis','glacier grass','POA','rare',19,NULL),(5,'Ranunculus aureolus','little goldcup','RAN','common',33,'yellow'),(6,'Senecio petrae','rock ragwort','AST','rare',60,'yellow'),(7,'Vicia obscura','dusk vetch','FAB','endangered',85,'purple'),(8,'Orchis lunaria','moon orchid','ORC','critical',40,'white');
INSERT INTO Collector VALUES (1,'Winifred Gale',1949,'Wales','1974-05-01',NULL),(2,'Tomas Hruby',1968,'Czechia','1995-04-12',1),(3,'Nalini Bose',1981,'India','2008-06-20',1),(4,'Iker Otxoa',1990,'Spain','2016-03-03',2),(5,'Freja Winther',1997,'Denmark','2022-09-15',3);
INSERT INTO Accession VALUES
('FV-0012',1,1,'1981-08-30','1981-11-02','Fern Valley',640,5200,1),('FV-0047',5,1,'1988-06-14','1988-08-01','Lower Meadow',410,12000,1),('FV-0103',3,2,'1999-07-21','1999-10-11','Fern Valley',655,8400,2),('FV-0158',4,2,'2007-09-02','2007-12-01','Kar Glacier',2380,3100,3),('FV-0201',2,3,'2010-08-17','2010-10-04','Lower Meadow',405,2250,2),('FV-0230',1,3,'2014-09-09','2014-11-20','Stony Pass',1210,3900,2),('FV-0266',7,4,'2018-08-01','2018-10-15','Stony Pass',1190,640,3),('FV-0281',6,4,'2020-09-28',NULL,'Crow Cliffs',890,7700,NULL),('FV-0299',3,5,'2023-07-16','2023-09-30','Moor Farm',580,2600,3),('FV-0300',5,5,'2023-06-11','2023-08-22','Fern Valley',630,9800,3);
INSERT INTO GerminationTest VALUES
(1,'FV-0012','1995-03-10',100,71,18,1,2),(2,'FV-0012','2015-03-12',100,48,18,3,1),(3,'FV-0047','2009-02-20',200,122,15,2,NULL),(4,'FV-0103','2012-05-05',50,9,21.5,2,3),(5,'FV-0158','2017-01-30',80,66,6,4,2),(6,'FV-0201','2019-04-16',60,57,18,4,3),(7,'FV-0230','2021-04-02',100,83,18,4,4),(8,'FV-0266','2023-04-19',40,31,18,5,4),(9,'FV-0300','2024-03-04',200,188,15,5,3),(10,'FV-0047','2024-03-04',200,64,15,5,3);
INSERT INTO SeedRequest VALUES (1,'FV-0012','Uppvik University','Sweden','2016-02-01','2016-03-01',200,'research'),(2,'FV-0103','Orchid Trust','Wales','2018-11-12','2018-12-20',500,'reintroduction'),(3,'FV-0201','Green Roofs Ltd','Denmark','2020-05-05',NULL,1000,'garden'),(4,'FV-0230','Uppvik University','Sweden','2022-01-17','2022-02-03',150,'research'),(5,'FV-0299','Orchid Trust','Wales','2024-01-08','2024-02-14',300,'reintroduction'),(6,'FV-0047','Bee Meadow Society','Wales','2023-03-21','2023-04-02',2000,'garden'),(7,'FV-0158','Alpine Institute','Austria','2024-02-27',NULL,120,'research');
