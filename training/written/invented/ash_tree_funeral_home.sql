CREATE TABLE Undertakers (
  UtId INTEGER PRIMARY KEY,
  UtName TEXT,
  BornYear INTEGER,
  HiredOn DATE,
  Salary INTEGER,
  ChiefId INTEGER REFERENCES Undertakers(UtId)
);
CREATE TABLE Families (
  FamilyId INTEGER PRIMARY KEY,
  ContactName TEXT,
  Phone TEXT,
  Town TEXT
);
CREATE TABLE Coffins (
  CoffinCode TEXT PRIMARY KEY,
  CoffinName TEXT,
  Wood TEXT,
  PurchasePrice REAL,
  SalePrice REAL,
  InStock INTEGER
);
CREATE TABLE Cemeteries (
  CemId INTEGER PRIMARY KEY,
  CemName TEXT,
  Town TEXT,
  OpenedYear INTEGER,
  GraveFee INTEGER
);
CREATE TABLE Funerals (
  FuneralNo INTEGER PRIMARY KEY,
  Deceased TEXT,
  AgeAtDeath INTEGER,
  DiedOn DATE,
  BuriedOn DATE,
  FamilyId INTEGER REFERENCES Families(FamilyId),
  CemId INTEGER REFERENCES Cemeteries(CemId),
  CoffinCode TEXT REFERENCES Coffins(CoffinCode),
  AdviserId INTEGER REFERENCES Undertakers(UtId),
  SpeakerId INTEGER REFERENCES Undertakers(UtId),
  Mourners INTEGER
);
CREATE TABLE Invoices (
  InvoiceNo INTEGER PRIMARY KEY,
  FuneralNo INTEGER REFERENCES Funerals(FuneralNo),
  IssuedOn DATE,
  PaidOn DATE,
  Amount REAL,
  Reminders INTEGER
);
INSERT INTO Undertakers VALUES (1,'Alma Eschenbach',1956,'1981-05-01',58200,NULL),(2,'Cornelius Pratt',1968,'1997-08-18',46100,1),(3,'Marisa Fontaine',1985,'2012-03-05',41800,1),(4,'Joel Adeyemi',1993,'2019-10-01',36500,2),(5,'Tamsin Gray',2001,'2023-09-11',28900,3);
INSERT INTO Families VALUES (1,'Gerald Hobday','555-1201','Ashwick'),(2,'Nuria Sandoval','555-7710','Ashwick'),(3,'Pehr Lindahl',NULL,'Moorgate'),(4,'Edith Broome','555-4419','Lower Tarn'),(5,'Vikram Sethi','555-3382','Moorgate'),(6,'Rosie Hobday','555-1288','Ashwick'),(7,'Antal Kiss','555-9067','Lower Tarn');
INSERT INTO Coffins VALUES ('C10','Plain Rest','pine',240,690,9),('C20','Country Oak','oak',610,1480,4),('C30','Senator','walnut',1350,3100,1),('C40','Willow Weave','willow',420,1150,6),('C50','Harmony','pine',310,890,0),('C60','Cathedral','oak',980,2250,NULL);
INSERT INTO Cemeteries VALUES (1,'Ashwick Old Yard','Ashwick',1742,2100),(2,'Moorgate Woodland','Moorgate',2008,1350),(3,'St Columb','Lower Tarn',1869,1700),(4,'Sea View Park','Lower Tarn',1931,1900);
INSERT INTO Funerals VALUES
(1,'Harold Hobday',88,'2023-01-11','2023-01-20',1,1,'C20',2,1,64),(2,'Consuelo Sandoval',79,'2023-02-27','2023-03-08',2,1,'C60',3,3,120),(3,'Ulla Lindahl',93,'2023-05-30','2023-06-09',3,2,'C40',3,4,22),(4,'Frank Broome',61,'2023-08-14','2023-08-22',4,3,'C10',4,1,80),(5,'Leela Sethi',84,'2023-11-02','2023-11-05',5,2,'C40',2,NULL,150),(6,'Mabel Hobday',90,'2024-01-29','2024-02-09',6,1,'C20',4,1,41),(7,'Bela Kiss',72,'2024-03-13','2024-03-22',7,4,'C10',3,4,NULL),(8,'Ernest Broome',95,'2024-04-02','2024-04-12',4,3,'C30',4,3,35);
INSERT INTO Invoices VALUES (1,1,'2023-02-01','2023-02-20',4980,0),(2,2,'2023-03-15','2023-06-01',6320.5,2),(3,3,'2023-06-16','2023-06-30',3870,0),(4,4,'2023-09-01',NULL,3120,3),(5,5,'2023-11-20','2023-12-11',4410,0),(6,6,'2024-02-16','2024-04-02',5015,1),(7,7,'2024-04-03',NULL,3290,NULL);
