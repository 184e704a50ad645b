CREATE TABLE Customers (
  CustomerID INTEGER PRIMARY KEY,
  CustomerName TEXT,
  Village TEXT,
  Phone TEXT,
  ReferredBy INTEGER REFERENCES Customers(CustomerID)
);
CREATE TABLE Fitters (
  FitterID INTEGER PRIMARY KEY,
  FitterName TEXT,
  BirthYear INTEGER,
  HourlyWage REAL,
  RoofLicence TEXT,
  ForemanID INTEGER REFERENCES Fitters(FitterID)
);
CREATE TABLE PanelModels (
  ModelCode TEXT PRIMARY KEY,
  Maker TEXT,
  PeakWatts INTEGER,
  WeightKg REAL,
  UnitPrice REAL,
  WarrantyYears INTEGER
);
CREATE TABLE Quotes (
  QuoteNo INTEGER PRIMARY KEY,
  CustomerID INTEGER REFERENCES Customers(CustomerID),
  QuoteDate DATE,
  Amount REAL,
  QuoteStatus TEXT
);
CREATE TABLE Installations (
  InstallationID INTEGER PRIMARY KEY,
  QuoteNo INTEGER REFERENCES Quotes(QuoteNo),
  ModelCode TEXT REFERENCES PanelModels(ModelCode),
  PanelCount INTEGER,
  RoofType TEXT,
  StartDate DATE,
  GridDate DATE,
  LeadFitterID INTEGER REFERENCES Fitters(FitterID),
  ElectricianID INTEGER REFERENCES Fitters(FitterID)
);
CREATE TABLE ServiceVisits (
  VisitID INTEGER PRIMARY KEY,
  InstallationID INTEGER REFERENCES Installations(InstallationID),
  FitterID INTEGER REFERENCES Fitters(FitterID),
  VisitDate DATE,
  Hours REAL,
  Fault TEXT
);
INSERT INTO Customers VALUES
(1,'Hetty Marlowe','Cranby','0551-220',NULL),
(2,'Ansgar Fehr','Little Moss','0551-871',1),
(3,'Dairy Ellerton','Cranby','0552-104',NULL),
(4,'Joaquim Sardinha','Upper Thole','0553-662',2),
(5,'Ruth Okello','Little Moss',NULL,1),
(6,'St Bede School','Cranby','0551-909',3),
(7,'Wilma Prickett','Gannet Bay','0554-318',NULL),
(8,'Osman Yilmazer','Upper Thole','0553-700',4),
(9,'Bakery Toft','Gannet Bay',NULL,7);
INSERT INTO Fitters VALUES
(1,'Callum Rusk',1979,31.5,'A',NULL),
(2,'Beate Sommerfeld',1986,27,'A',1),
(3,'Imre Kadar',1992,22.75,'B',1),
(4,'Tova Lindgren',1998,18,NULL,2),
(5,'Zaid Hamdan',1990,27,'B',NULL),
(6,'Orla Finnerty',2001,16.5,NULL,5);
INSERT INTO PanelModels VALUES
('SX400','Helionix',400,21.5,164,15),
('SX450','Helionix',450,23.8,199.5,20),
('KT380','Kolpower',380,19.2,128,12),
('KT430','Kolpower',430,22.1,171,15),
('BLK410','Nyskin',410,20.4,230,25),
('FLEX200','Nyskin',200,4.9,185,5);
INSERT INTO Quotes VALUES
(301,1,'2022-10-03',8400,'accepted'),
(302,2,'2022-11-21',6950,'accepted'),
(303,3,'2023-01-16',41200,'accepted'),
(304,4,'2023-02-08',7300,'refused'),
(305,4,'2023-04-12',6600,'accepted'),
(306,5,'2023-05-30',9120,'accepted'),
(307,6,'2023-06-19',28750,'accepted'),
(308,7,'2023-09-04',11400,'open'),
(309,8,'2024-01-22',8050,'accepted'),
(310,9,'2024-02-13',13900,'refused'),
(311,1,'2024-03-05',3200,'open');
INSERT INTO Installations VALUES
(1,301,'SX400',16,'tile','2022-12-05','2023-01-20',1,5),
(2,302,'KT380',14,'tile','2023-02-13','2023-03-10',2,5),
(3,303,'KT430',96,'metal','2023-04-03','2023-06-28',1,2),
(4,305,'KT380',12,'slate','2023-07-10','2023-08-02',3,5),
(5,306,'BLK410',15,'slate','2023-09-18','2023-10-09',2,1),
(6,307,'SX450',60,'flat','2023-10-16','2023-12-18',1,5),
(7,309,'SX400',14,'tile','2024-03-11',NULL,3,2);
INSERT INTO ServiceVisits VALUES
(1,1,3,'2023-05-11',1.5,'loose cable'),
(2,3,2,'2023-09-06',4,'inverter'),
(3,1,4,'2023-11-22',2,'inverter'),
(4,2,3,'2024-01-09',0.5,NULL),
(5,3,2,'2024-02-14',3.25,'broken glass'),
(6,6,5,'2024-03-19',2.5,'inverter'),
(7,4,4,'2024-03-27',1,'bird nest'),
(8,3,3,'2024-04-04',1.75,'loose cable');
