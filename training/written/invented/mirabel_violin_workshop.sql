CREATE TABLE Luthiers (
  luthier_id INTEGER PRIMARY KEY,
  luthier_name TEXT,
  born INTEGER,
  specialty TEXT,
  started DATE,
  hourly_rate REAL,
  master_id INTEGER REFERENCES Luthiers(luthier_id)
);
CREATE TABLE Musicians (
  musician_id INTEGER PRIMARY KEY,
  musician_name TEXT,
  town TEXT,
  orchestra TEXT,
  phone TEXT
);
CREATE TABLE Instruments (
  instr_id INTEGER PRIMARY KEY,
  kind TEXT,
  label_name TEXT,
  made_year INTEGER,
  built_by INTEGER REFERENCES Luthiers(luthier_id),
  owner_id INTEGER REFERENCES Musicians(musician_id),
  appraised INTEGER,
  back_mm INTEGER
);
CREATE TABLE Repairs (
  repair_no INTEGER PRIMARY KEY,
  instr_id INTEGER REFERENCES Instruments(instr_id),
  taken_in_by INTEGER REFERENCES Luthiers(luthier_id),
  done_by INTEGER REFERENCES Luthiers(luthier_id),
  received DATE,
  ready DATE,
  job TEXT,
  hours REAL,
  charge REAL
);
CREATE TABLE Woods (
  wood_code TEXT PRIMARY KEY,
  species TEXT,
  origin TEXT,
  bought DATE,
  price_per_piece REAL,
  pieces_left INTEGER
);
CREATE TABLE Repair_Woods (
  repair_no INTEGER REFERENCES Repairs(repair_no),
  wood_code TEXT REFERENCES Woods(wood_code),
  pieces INTEGER,
  PRIMARY KEY (repair_no, wood_code)
);
INSERT INTO Luthiers VALUES
(1,'Mirabel Ashdown',1958,'violins','1986-04-01',78,NULL),
(2,'Pavel Zdenek',1972,'cellos','1999-09-15',64,1),
(3,'Suki Lindholm',1990,'bows','2015-02-02',52.5,1),
(4,'Teo Barbieri',1997,'violins','2020-10-01',38,2),
(5,'Amara Diallo',2001,'varnish','2023-09-04',24,3);
INSERT INTO Musicians VALUES
(1,'Constance Werner','Hallenau','Hallenau Philharmonic','311-20'),
(2,'Bogdan Ilic','Hallenau','Opera Orchestra','311-98'),
(3,'Priscilla Ng','Fernwick',NULL,'402-17'),
(4,'Lars Uwe Dreyer','Stromstad','Hallenau Philharmonic',NULL),
(5,'Marguerite Sayle','Fernwick','Fernwick Chamber Players','402-55'),
(6,'Tarik Bozkurt','Hallenau',NULL,'311-40'),
(7,'Nell Pomfret','Oxlade','Opera Orchestra','577-03');
INSERT INTO Instruments VALUES
(1,'violin','Ashdown opus 12',1994,1,1,18500,356),
(2,'violin','Old Tyrolean',1782,NULL,2,64000,353),
(3,'cello','Zdenek No 3',2004,2,4,27000,755),
(4,'viola','Ashdown opus 31',2009,1,5,21000,412),
(5,'violin','school violin',1965,NULL,3,900,357),
(6,'cello','Mirecourt workshop',1910,NULL,7,14500,749),
(7,'violin','Barbieri first',2022,4,6,8200,355),
(8,'viola','Zdenek No 9',2016,2,NULL,16500,408),
(9,'double bass','Tarn bass',1938,NULL,2,19800,1110);
INSERT INTO Repairs VALUES
(1,2,1,1,'2023-01-12','2023-02-28','open crack',22,1716),
(2,5,3,4,'2023-02-03','2023-02-06','new strings',1,55),
(3,3,2,2,'2023-03-14','2023-03-30','neck angle',15.5,990),
(4,1,1,4,'2023-05-22','2023-05-24','bridge',3,165.5),
(5,6,2,2,'2023-09-04','2023-11-10','open crack',31,2010),
(6,4,5,5,'2023-10-16','2023-10-20','varnish touch-up',4.5,120),
(7,9,2,4,'2023-11-27','2024-01-19','neck angle',18,760),
(8,7,4,4,'2024-01-08','2024-01-08','bridge',2,0),
(9,2,1,3,'2024-02-05','2024-02-07','bow rehair',1.5,85),
(10,5,5,4,'2024-03-04','2024-03-15','bridge',3.5,140),
(11,6,3,2,'2024-03-18',NULL,'fingerboard',NULL,NULL);
INSERT INTO Woods VALUES
('SPR1','spruce','Val Fredda','1998-10-10',85,34),('SPR2','spruce','Karlovice','2011-05-19',60,51),('MAP1','maple','Bosnia','2003-07-07',140.5,12),('EBO1','ebony','Cameroon','2001-03-22',95,7),('WIL1','willow','Fernwick','2019-11-30',22,60),('PER1','pernambuco','Bahia','1994-01-15',310,NULL);
INSERT INTO Repair_Woods VALUES
(1,'SPR1',2),(1,'WIL1',4),(3,'MAP1',1),(5,'SPR2',3),(5,'WIL1',6),(7,'MAP1',1),(7,'EBO1',1),(4,'MAP1',1),(10,'MAP1',1),(11,'EBO1',1);
