CREATE TABLE Studio (
  StudioId INTEGER PRIMARY KEY,
  StudioName TEXT,
  StudioCountry TEXT,
  Founded INTEGER,
  Employees INTEGER,
  ParentStudioId INTEGER REFERENCES Studio(StudioId)
);
CREATE TABLE Genre (
  GenreCode TEXT PRIMARY KEY,
  GenreName TEXT
);
CREATE TABLE App (
  AppId INTEGER PRIMARY KEY,
  AppName TEXT,
  StudioId INTEGER REFERENCES Studio(StudioId),
  GenreCode TEXT REFERENCES Genre(GenreCode),
  Price DECIMAL,
  SizeMb DECIMAL,
  AgeLimit INTEGER,
  Launched DATE
);
CREATE TABLE AppVersion (
  VersionId INTEGER PRIMARY KEY,
  AppId INTEGER REFERENCES App(AppId),
  VersionNo TEXT,
  Released DATE,
  CrashCount INTEGER
);
CREATE TABLE Shopper (
  ShopperId INTEGER PRIMARY KEY,
  ShopperName TEXT,
  ShopperCountry TEXT,
  Device TEXT,
  Registered DATE,
  Wallet DECIMAL
);
CREATE TABLE Download (
  DownloadId INTEGER PRIMARY KEY,
  ShopperId INTEGER REFERENCES Shopper(ShopperId),
  AppId INTEGER REFERENCES App(AppId),
  DownloadedOn DATE,
  AmountPaid DECIMAL,
  RemovedOn DATE
);
CREATE TABLE Review (
  ReviewId INTEGER PRIMARY KEY,
  ShopperId INTEGER REFERENCES Shopper(ShopperId),
  AppId INTEGER REFERENCES App(AppId),
  Stars INTEGER,
  Comment TEXT,
  WrittenOn DATE
);
INSERT INTO Studio VALUES (1,'Lumen Orchard','Finland',2009,140,NULL),(2,'Pocket Walrus','Finland',2014,18,1),(3,'Thirteen Gulls','Ireland',2017,6,NULL),(4,'Nimbus & Daughter','Canada',2011,75,NULL),(5,'Honeyfold Games','Canada',2019,22,4),(6,'Kiwi Drawer','New Zealand',2021,2,NULL);
INSERT INTO Genre VALUES ('PZ','puzzle'),('FI','fitness'),('CO','cooking'),('NA','navigation'),('MU','music'),('WE','weather');
INSERT INTO App VALUES
(1,'Tile Drift',1,'PZ',2.99,84.5,4,'2019-10-03'),(2,'Walrus Words',2,'PZ',0.00,61.0,4,'2020-05-21'),(3,'Stridewell',4,'FI',4.99,132.4,12,'2018-03-12'),(4,'Gull Radar',3,'WE',1.49,25.8,4,'2021-02-08'),(5,'Pan to Plate',6,'CO',3.49,210.0,4,'2022-09-17'),
(6,'Knotted',5,'PZ',1.99,95.2,9,'2023-01-30'),(7,'Backroads Atlas',4,'NA',9.99,890.7,4,'2016-06-06'),(8,'Hum It',2,'MU',0.00,47.3,12,'2023-06-14'),(9,'Plank Hour',5,'FI',0.00,58.9,12,'2023-11-02'),(10,'Night Choir',1,'MU',5.99,310.6,17,'2024-02-29'),(11,'Crumb Timer',6,'CO',0.99,12.1,4,NULL);
INSERT INTO AppVersion VALUES
(1,1,'1.0','2019-10-03',42),(2,1,'2.0','2021-04-11',17),(3,1,'2.1','2023-03-08',3),(4,2,'1.0','2020-05-21',11),(5,3,'3.4','2022-12-01',58),(6,3,'4.0','2023-09-25',130),(7,4,'1.2','2022-07-19',0),(8,5,'1.0','2022-09-17',9),(9,6,'1.0','2023-01-30',25),(10,7,'6.0','2023-05-15',71),(11,7,'6.1','2024-03-04',12),(12,8,'0.9','2023-06-14',NULL),(13,9,'1.0','2023-11-02',5);
INSERT INTO Shopper VALUES
(1,'Aino Rautio','Finland','Orbit 7','2019-01-20',12.50),(2,'Callan Doyle','Ireland','Orbit 7','2019-11-05',0.00),(3,'Mei-Ling Fraser','Canada','Slate Pro','2020-03-14',45.10),(4,'Dov Abelman','Canada','Slate Mini','2021-08-30',3.75),(5,'Wiremu Tane','New Zealand','Orbit 9','2022-02-11',20.00),(6,'Saoirse Quigley','Ireland','Slate Pro','2022-12-25',7.20),(7,'Bram Kessel','Netherlands','Orbit 9','2023-07-04',NULL),(8,'Lotta Rautio','Finland','Slate Mini','2024-01-16',1.00);
INSERT INTO Download VALUES
(1,1,1,'2020-01-02',2.99,NULL),(2,1,7,'2021-06-18',9.99,'2023-02-01'),(3,2,4,'2021-03-10',1.49,NULL),(4,2,2,'2020-06-01',0.00,'2020-06-03'),(5,3,3,'2020-04-04',3.99,NULL),(6,3,7,'2020-05-09',7.99,NULL),(7,3,5,'2023-01-08',3.49,NULL),(8,4,6,'2023-02-14',1.99,'2023-03-01'),
(9,4,2,'2022-10-10',0.00,NULL),(10,5,5,'2022-09-18',3.49,NULL),(11,5,8,'2023-06-20',0.00,'2024-01-09'),(12,6,4,'2023-01-01',1.49,NULL),(13,6,9,'2024-03-15',0.00,NULL),(14,7,3,'2023-10-31',4.99,NULL),(15,7,1,'2024-03-02',1.99,NULL),(16,1,10,'2024-03-03',5.99,NULL);
INSERT INTO Review VALUES
(1,1,1,5,'Calm and clever','2020-02-11'),(2,1,7,2,'Drains the battery','2021-08-01'),(3,2,4,4,'Rain alarm works','2021-05-05'),(4,2,2,1,'Too many adverts','2020-06-03'),(5,3,3,4,'Good plans','2020-09-12'),(6,3,7,5,'Found every farm track','2021-01-20'),(7,5,5,5,NULL,'2022-10-02'),(8,4,6,3,'Pretty but short','2023-02-20'),(9,6,4,5,'Love the gull','2023-04-17'),(10,7,3,2,'New version crashes','2023-11-15'),(11,5,8,3,'Crashes when I sing','2023-07-01'),(12,7,1,4,NULL,'2024-03-09');
