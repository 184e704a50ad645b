CREATE TABLE Members (
  MemberNo INTEGER PRIMARY KEY,
  MemberName TEXT,
  Street TEXT,
  BirthYear INTEGER,
  MemberSince DATE,
  VouchedBy INTEGER REFERENCES Members(MemberNo)
);
CREATE TABLE Plots (
  PlotNo TEXT PRIMARY KEY,
  SiteName TEXT,
  SquareMetres INTEGER,
  YearlyRent REAL,
  HasShed TEXT,
  TenantNo INTEGER REFERENCES Members(MemberNo),
  HelperNo INTEGER REFERENCES Members(MemberNo),
  RentedFrom DATE
);
CREATE TABLE Crops (
  CropCode TEXT PRIMARY KEY,
  CropName TEXT,
  CropKind TEXT,
  WeeksToHarvest INTEGER,
  SeedPrice REAL
);
CREATE TABLE Sowings (
  SowingNo INTEGER PRIMARY KEY,
  PlotNo TEXT REFERENCES Plots(PlotNo),
  CropCode TEXT REFERENCES Crops(CropCode),
  SownOn DATE,
  HarvestedOn DATE,
  KilosHarvested REAL
);
CREATE TABLE WaterReadings (
  PlotNo TEXT REFERENCES Plots(PlotNo),
  ReadOn DATE,
  Litres INTEGER,
  PRIMARY KEY (PlotNo, ReadOn)
);
CREATE TABLE Fines (
  FineNo INTEGER PRIMARY KEY,
  MemberNo INTEGER REFERENCES Members(MemberNo),
  Reason TEXT,
  Amount REAL,
  IssuedOn DATE,
  PaidOn DATE
);
INSERT INTO Members VALUES (1,'Wilhelmina Tasker','Nelson Road',1948,'1979-04-01',NULL),(2,'Desmond Achebe','Vicar Lane',1961,'1998-03-12',1),(3,'Krystyna Nowak','Nelson Road',1975,'2009-05-20',1),(4,'Bob Tasker','Nelson Road',1946,'1979-04-01',NULL),(5,'Farida Rahim','Pump Street',1988,'2017-02-02',2),(6,'Ivor Penhale','Vicar Lane',1957,'2004-09-09',2),(7,'Luca Ferrante','Gasworks Close',1994,'2021-03-30',3),(8,'Sunita Mehra',NULL,1990,'2023-10-11',5);
INSERT INTO Plots VALUES ('A1','Canal Side',250,62.5,'yes',1,4,'1980-01-01'),('A2','Canal Side',250,62.5,'yes',2,NULL,'1999-01-01'),('A3','Canal Side',125,34,'no',7,3,'2021-06-01'),('B1','Railway Field',300,58,'yes',6,2,'2005-01-01'),('B2','Railway Field',150,31,'no',5,7,'2018-01-01'),('B3','Railway Field',150,31,NULL,NULL,NULL,NULL),('C1','Chapel Yard',90,29.5,'no',3,NULL,'2010-01-01'),('C2','Chapel Yard',80,26,'no',2,1,'2022-01-01');
INSERT INTO Crops VALUES ('POT','potatoes','root',16,4.2),('LEE','leeks','stem',30,2.1),('BNS','runner beans','pod',12,3.4),('SQU','squash','fruit',18,3.9),('LET','lettuce','leaf',8,1.6),('RHU','rhubarb','stem',52,6),('BEE','beetroot','root',13,1.9);
INSERT INTO Sowings VALUES
(1,'A1','POT','2023-03-28','2023-07-20',41.5),(2,'A1','BNS','2023-05-10','2023-08-06',18),(3,'A2','POT','2023-04-04','2023-08-01',37),(4,'A2','LEE','2023-03-15','2023-11-19',14.2),(5,'A3','LET','2023-05-02','2023-06-28',5.5),(6,'B1','SQU','2023-05-21','2023-10-02',63),(7,'B1','POT','2023-04-10','2023-08-15',52.4),(8,'B2','BNS','2023-05-28','2023-09-01',9.8),(9,'C1','BEE','2023-04-25','2023-08-11',12),(10,'C1','LET','2023-06-06',NULL,0),(11,'C2','LET','2024-03-30','2024-05-31',4.1),(12,'A1','POT','2024-03-26','2024-07-25',38),(13,'B1','LEE','2024-03-20',NULL,NULL),(14,'B2','BEE','2024-04-15','2024-07-30',10.6);
INSERT INTO WaterReadings VALUES ('A1','2023-06-30',2100),('A1','2023-08-31',3450),('A2','2023-08-31',2980),('B1','2023-06-30',1900),('B1','2023-08-31',5120),('B2','2023-08-31',1150),('C1','2023-08-31',640),('A1','2024-06-30',1800),('B1','2024-06-30',2230);
INSERT INTO Fines VALUES (1,2,'bonfire',20,'2022-10-15','2022-10-30'),(2,7,'weeds',15,'2022-07-04','2022-09-01'),(3,6,'loud radio',10,'2023-06-19',NULL),(4,7,'weeds',25,'2023-07-03','2023-07-10'),(5,5,'hosepipe left on',30.5,'2023-08-22','2023-08-22'),(6,2,'bonfire',35,'2024-05-04',NULL);
