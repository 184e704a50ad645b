CREATE TABLE Origins (
  origin_id INTEGER PRIMARY KEY,
  country TEXT,
  region TEXT,
  altitude_m INTEGER
);
CREATE TABLE Growers (
  grower_id INTEGER PRIMARY KEY,
  farm TEXT,
  contact TEXT,
  origin_id INTEGER REFERENCES Origins(origin_id),
  hectares DECIMAL,
  partner_since INTEGER
);
CREATE TABLE Lots (
  lot_code TEXT PRIMARY KEY,
  grower_id INTEGER REFERENCES Growers(grower_id),
  variety TEXT,
  process TEXT,
  harvested DATE,
  cup_score DECIMAL,
  price_kg DECIMAL
);
CREATE TABLE Warehouses (
  warehouse_id INTEGER PRIMARY KEY,
  name TEXT,
  city TEXT,
  capacity_bags INTEGER
);
CREATE TABLE Shipments (
  shipment_id INTEGER PRIMARY KEY,
  lot_code TEXT REFERENCES Lots(lot_code),
  warehouse_id INTEGER REFERENCES Warehouses(warehouse_id),
  vessel TEXT,
  bags INTEGER,
  sailed DATE,
  arrived DATE,
  freight DECIMAL
);
CREATE TABLE Roasters (
  roaster_id INTEGER PRIMARY KEY,
  name TEXT,
  city TEXT,
  credit_limit INTEGER
);
CREATE TABLE Sales (
  sale_id INTEGER PRIMARY KEY,
  roaster_id INTEGER REFERENCES Roasters(roaster_id),
  lot_code TEXT REFERENCES Lots(lot_code),
  sold DATE,
  kilos INTEGER,
  price_kg DECIMAL,
  settled DATE
);
INSERT INTO Origins VALUES (1,'Ethiopia','Guji',2050),(2,'Ethiopia','Sidama',1900),(3,'Colombia','Huila',1650),(4,'Guatemala','Antigua',1550),(5,'Rwanda','Nyamasheke',1800),(6,'Brazil','Cerrado',1100),(7,'Sumatra','Gayo',1400);
INSERT INTO Growers VALUES
(1,'Bishan Gala','Tadesse Worku',1,4.5,2016),(2,'Chire Station','Almaz Girma',2,12.0,2018),(3,'Finca La Golondrina','Oscar Ninco',3,7.2,2014),(4,'El Zapote','Beatriz Coj',4,22.0,2012),
(5,'Kivu Sunrise','Jeanne Uwase',5,3.1,2020),(6,'Fazenda Pedra Alta','Rui Cardoso',6,340.0,2011),(7,'Finca Dos Rios','Nelly Muñoz',3,5.0,2021),(8,'Takengon Hills','Iwan Sitepu',7,9.8,NULL);
INSERT INTO Lots VALUES
('ET-22-01',1,'Heirloom','natural','2022-12-10',88.50,9.40),('ET-23-01',1,'Heirloom','washed','2023-12-02',87.25,8.90),('ET-23-02',2,'Kurume','washed','2023-11-20',86.75,7.60),
('CO-23-01',3,'Caturra','washed','2023-06-15',85.00,6.80),('CO-23-02',7,'Pink Bourbon','honey','2023-07-01',88.50,11.20),('GT-23-01',4,'Bourbon','washed','2023-02-27',84.50,6.10),
('RW-23-01',5,'Red Bourbon','natural','2023-05-30',86.00,8.20),('BR-22-01',6,'Catuai','natural','2022-08-18',81.75,4.30),('BR-23-01',6,'Mundo Novo','pulped','2023-08-09',82.50,4.60),('ID-23-01',8,'Ateng','wet hulled','2023-10-11',NULL,5.90),('CO-24-01',3,'Caturra','honey','2024-06-20',86.00,7.30);
INSERT INTO Warehouses VALUES (1,'Quay Shed 9','Halvard',1200),(2,'Dry Dock Store','Halvard',600),(3,'Inland Silo','Merrowby',2500),(4,'Old Customs House','Pennant Bay',NULL);
INSERT INTO Shipments VALUES
(1,'ET-22-01',1,'MV Osprey Star',120,'2023-02-14','2023-03-29',1850.00),(2,'BR-22-01',3,'Santa Ilma',640,'2022-11-03','2022-12-01',4200.00),(3,'GT-23-01',1,'Coral Trader',275,'2023-05-09','2023-06-02',2600.00),
(4,'CO-23-01',2,'Coral Trader',180,'2023-08-22','2023-09-15',1990.00),(5,'RW-23-01',1,'MV Osprey Star',95,'2023-09-04','2023-10-30',2140.00),(6,'CO-23-02',2,'Lady Marguerite',40,'2023-09-20','2023-10-12',720.00),
(7,'BR-23-01',3,'Santa Ilma',700,'2023-11-15','2023-12-12',4550.00),(8,'ET-23-02',1,'MV Osprey Star',150,'2024-02-01','2024-03-19',2310.00),(9,'ET-23-01',2,'Lady Marguerite',110,'2024-03-06',NULL,1760.00),(10,'BR-23-01',1,'Coral Trader',60,'2024-01-10','2024-02-06',650.00);
INSERT INTO Roasters VALUES (1,'Lamplight Coffee','Halvard',20000),(2,'Three Goats Roastery','Merrowby',8000),(3,'Bitter & Bright','Halvard',12000),(4,'Ember Lane','Pennant Bay',5000),(5,'Morrow Beans','Castle Thorn',NULL),(6,'Kettle Works','Merrowby',15000);
INSERT INTO Sales VALUES
(1,1,'ET-22-01','2023-04-05',900,12.50,'2023-05-02'),(2,2,'BR-22-01','2023-01-17',2400,6.20,'2023-02-20'),(3,1,'GT-23-01','2023-06-21',1800,8.40,'2023-07-19'),(4,3,'CO-23-01','2023-10-02',1200,9.10,NULL),
(5,4,'CO-23-02','2023-11-08',300,15.75,'2023-12-01'),(6,2,'RW-23-01','2023-11-29',600,11.00,NULL),(7,6,'BR-23-01','2024-01-09',5400,6.40,'2024-02-11'),(8,3,'ET-23-02','2024-04-02',900,10.30,NULL),
(9,1,'BR-23-01','2024-03-14',1200,6.50,'2024-04-15'),(10,4,'GT-23-01','2023-07-30',300,8.90,'2023-09-01'),(11,1,'CO-23-02','2023-12-12',240,15.50,'2024-01-20'),(12,6,'BR-22-01','2022-12-20',3000,6.10,'2023-01-25');
