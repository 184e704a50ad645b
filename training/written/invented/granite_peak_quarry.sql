CREATE TABLE QuarryFace (
  FaceCode TEXT PRIMARY KEY,
  FaceName TEXT,
  Stone TEXT,
  HeightM REAL,
  OpenedYear INTEGER,
  ForemanNo INTEGER REFERENCES Quarrier(WorkerNo)
);
CREATE TABLE Quarrier (
  WorkerNo INTEGER PRIMARY KEY,
  WorkerName TEXT,
  Trade TEXT,
  BornOn DATE,
  HiredOn DATE,
  DayPay REAL,
  BossNo INTEGER REFERENCES Quarrier(WorkerNo)
);
CREATE TABLE Blast (
  BlastNo INTEGER PRIMARY KEY,
  FaceCode TEXT REFERENCES QuarryFace(FaceCode),
  BlastDate DATE,
  ExplosiveKg REAL,
  TonsLoosened INTEGER,
  ShotFirerNo INTEGER REFERENCES Quarrier(WorkerNo),
  GuardNo INTEGER REFERENCES Quarrier(WorkerNo)
);
CREATE TABLE StoneBlock (
  BlockNo TEXT PRIMARY KEY,
  BlastNo INTEGER REFERENCES Blast(BlastNo),
  Tons REAL,
  Quality TEXT,
  AskingPrice INTEGER
);
CREATE TABLE Mason (
  MasonNo INTEGER PRIMARY KEY,
  FirmName TEXT,
  Town TEXT,
  CustomerSince INTEGER
);
CREATE TABLE BlockSale (
  SaleNo INTEGER PRIMARY KEY,
  BlockNo TEXT REFERENCES StoneBlock(BlockNo),
  MasonNo INTEGER REFERENCES Mason(MasonNo),
  SoldOn DATE,
  PaidPrice INTEGER,
  DeliveryKm INTEGER,
  Purpose TEXT
);
INSERT INTO Quarrier VALUES (1,'Hector Blackadder','foreman','1964-02-20','1986-04-01',210,NULL),(2,'Lova Sundin','shot-firer','1979-08-13','2004-05-10',195,1),(3,'Paulo Teixeira','driller','1988-12-05','2012-09-03',160,1),(4,'Gwilym Rees','crane driver','1972-06-27','1999-03-15',172.5,1),(5,'Aron Feld','driller','1997-10-30','2021-08-16',138,3),(6,'Mirka Halasz','shot-firer','1990-01-09','2018-02-01',185,2),(7,'Sonny Craig','labourer','2004-05-18','2023-06-12',110,NULL);
INSERT INTO QuarryFace VALUES ('E1','East Wall','grey granite',18.5,1911,1),('E2','Raven Shelf','grey granite',12,1967,3),('S1','Rose Pit','pink granite',22,1938,1),('N1','Black Corner','gabbro',9.5,2006,2),('W1','West Terrace','gneiss',14,2022,NULL);
INSERT INTO Blast VALUES (1,'E1','2023-03-14',85,640,2,4),(2,'S1','2023-04-20',120,910,2,3),(3,'E2','2023-06-06',60,380,6,5),(4,'N1','2023-09-12',44.5,210,6,4),(5,'S1','2023-10-25',135,1020,2,6),(6,'E1','2024-02-20',90,705,6,2),(7,'N1','2024-04-09',50,NULL,2,5),(8,'S1','2024-05-16',110,840,6,7);
INSERT INTO StoneBlock VALUES ('G-01',1,11.2,'first',4100),('G-02',1,6.4,'second',1650),('P-01',2,14.8,'first',7900),('P-02',2,9,'first',4700),('G-03',3,5.5,'third',800),('B-01',4,7.3,'first',6200),('P-03',5,12.1,'second',4300),('P-04',5,16.7,'first',9100),('G-04',6,10.4,'first',3900),('B-02',7,4.9,NULL,NULL);
INSERT INTO Mason VALUES (1,'Cutter & Daughter','Stonewick',1988),(2,'Memoria Headstones','Ardale',2003),(3,'City Parks Office','Larchester',2015),(4,'Brandvold Kitchens','Larchester',2020),(5,'Atelier Piedra','Ardale',2024);
INSERT INTO BlockSale VALUES (1,'G-01',1,'2023-04-02',4000,24,'bridge parapet'),(2,'P-01',3,'2023-05-15',7900,61,'fountain'),(3,'G-02',2,'2023-06-20',1500,38,'headstones'),(4,'B-01',4,'2023-10-10',6500,58,'worktops'),(5,'P-03',2,'2023-12-01',4100,38,'headstones'),(6,'P-04',1,'2024-02-08',8800,24,'staircase'),(7,'G-04',3,'2024-03-22',3900,61,'benches');
