CREATE TABLE Lang (
  Code TEXT PRIMARY KEY,
  Name TEXT,
  Script TEXT,
  RatePerWord REAL
);
CREATE TABLE Translator (
  Id INTEGER PRIMARY KEY,
  Name TEXT,
  Country TEXT,
  MotherTongue TEXT REFERENCES Lang(Code),
  Joined DATE,
  Rating REAL,
  RecruitedBy INTEGER REFERENCES Translator(Id)
);
CREATE TABLE Client (
  Id INTEGER PRIMARY KEY,
  Name TEXT,
  Branch TEXT,
  Country TEXT,
  Since DATE
);
CREATE TABLE Project (
  Nr INTEGER PRIMARY KEY,
  Title TEXT,
  ClientId INTEGER REFERENCES Client(Id),
  SourceLang TEXT REFERENCES Lang(Code),
  TargetLang TEXT REFERENCES Lang(Code),
  Words INTEGER,
  Ordered DATE,
  Due DATE,
  Delivered DATE,
  Price REAL
);
CREATE TABLE Task (
  ProjectNr INTEGER REFERENCES Project(Nr),
  TranslatorId INTEGER REFERENCES Translator(Id),
  Role TEXT,
  Hours REAL,
  Pay REAL,
  PRIMARY KEY (ProjectNr, TranslatorId)
);
INSERT INTO Lang VALUES ('EN','English','Latin',0.09),('FI','Finnish','Latin',0.14),('JA','Japanese','Kanji',0.19),('AR','Arabic','Arabic',0.16),('PL','Polish','Latin',0.1),('EL','Greek','Greek',0.12),('KA','Georgian','Mkhedruli',0.15);
INSERT INTO Translator VALUES
(1,'Saoirse Keane','Ireland','EN','2012-02-06',4.8,NULL),
(2,'Eero Laaksonen','Finland','FI','2014-09-01',4.5,1),
(3,'Midori Hayase','Japan','JA','2016-05-23',4.9,1),
(4,'Fadi Khoury','Jordan','AR','2018-01-15',4.1,2),
(5,'Wanda Pruszko','Poland','PL','2019-11-11',4.5,1),
(6,'Nikos Theodorou','Cyprus','EL','2021-03-29',3.7,5),
(7,'Callum Eddery','Ireland','EN','2023-08-07',NULL,2),
(8,'Ketevan Lomidze','Georgia','KA','2022-06-20',4.6,5);
INSERT INTO Client VALUES
(1,'Northpine Sawmills','forestry','Finland','2015-03-12'),(2,'Medivault','pharma','Ireland','2017-10-01'),(3,'Blue Amphora Tours','tourism','Cyprus','2020-02-14'),(4,'Otsuru Games','software','Japan','2021-07-30'),(5,'City of Brzezno','public','Poland','2022-01-05'),(6,'Karhu & Sons','forestry','Finland','2024-04-02');
INSERT INTO Project VALUES
(801,'Harvester manual',1,'FI','EN',24500,'2023-01-09','2023-02-20','2023-02-17',3310),
(802,'Leaflet batch 9',2,'EN','PL',6200,'2023-02-01','2023-02-15','2023-02-15',690.5),
(803,'Island brochure',3,'EL','EN',3900,'2023-03-27','2023-04-10','2023-04-14',520),
(804,'Dragon Orchard dialogues',4,'JA','EN',58000,'2023-05-08','2023-08-31','2023-09-06',11200),
(805,'Trial protocol 12',2,'EN','JA',18200,'2023-09-18','2023-11-03','2023-11-01',3600),
(806,'Town website',5,'PL','EN',9400,'2023-10-02','2023-11-15','2023-11-20',1080),
(807,'Island brochure',3,'EL','AR',3900,'2024-01-15','2024-02-05','2024-02-02',655),
(808,'Saw blade catalogue',1,'FI','PL',12700,'2024-02-12','2024-03-25',NULL,1725),
(809,'Dragon Orchard patch notes',4,'JA','EN',2100,'2024-03-11','2024-03-15','2024-03-14',430),
(810,'Safety data sheets',1,'FI','EN',15800,'2024-03-20','2024-05-06',NULL,2210);
INSERT INTO Task VALUES
(801,1,'translator',82,2050),(801,2,'reviewer',14,420),(802,5,'translator',20.5,470),(803,1,'reviewer',4,120),(803,6,'translator',16,330),(804,1,'translator',160,4300),(804,3,'reviewer',45,1650),(805,3,'translator',74,2500),(806,5,'reviewer',7,180),(806,7,'translator',31,610),(807,4,'translator',17,410),(808,5,'translator',44,1050),(809,7,'translator',9.5,190),(809,3,'reviewer',2,80),(810,1,'translator',NULL,NULL);
