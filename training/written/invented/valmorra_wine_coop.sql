CREATE TABLE tbl_growers (
  grower_id INTEGER PRIMARY KEY,
  grower_name TEXT,
  hamlet TEXT,
  member_since INTEGER,
  shares INTEGER,
  sponsor_id INTEGER REFERENCES tbl_growers(grower_id)
);
CREATE TABLE tbl_plots (
  plot_code TEXT PRIMARY KEY,
  plot_name TEXT,
  grower_id INTEGER REFERENCES tbl_growers(grower_id),
  hectares REAL,
  altitude INTEGER,
  planted INTEGER,
  grape TEXT,
  soil TEXT
);
CREATE TABLE tbl_harvest_loads (
  load_id INTEGER PRIMARY KEY,
  plot_code TEXT REFERENCES tbl_plots(plot_code),
  weighed_on DATE,
  kilos INTEGER,
  sugar_brix REAL,
  price_per_kilo REAL
);
CREATE TABLE tbl_wines (
  wine_code TEXT PRIMARY KEY,
  wine_name TEXT,
  colour TEXT,
  vintage INTEGER,
  main_grape TEXT,
  second_grape TEXT,
  alcohol REAL,
  bottles INTEGER,
  price REAL,
  bottled_on DATE
);
CREATE TABLE tbl_buyers (
  buyer_id INTEGER PRIMARY KEY,
  buyer_name TEXT,
  buyer_type TEXT,
  country TEXT
);
CREATE TABLE tbl_orders (
  order_id INTEGER PRIMARY KEY,
  buyer_id INTEGER REFERENCES tbl_buyers(buyer_id),
  wine_code TEXT REFERENCES tbl_wines(wine_code),
  ordered_on DATE,
  shipped_on DATE,
  bottles INTEGER,
  unit_price REAL
);
INSERT INTO tbl_growers VALUES (1,'Ersilia Podda','Monte Grigio',1978,120,NULL),(2,'Fratelli Zunino','Valmorra',1991,210,1),(3,'Guido Semeria','Valmorra',2006,45,2),(4,'Rahel Obermann','Pian del Sole',2014,60,2),(5,'Convent of Santa Brigida','Monte Grigio',1978,95,NULL),(6,'Dario Cuneo','Pian del Sole',2020,20,4),(7,'Ljuba Petrac',NULL,2024,10,1);
INSERT INTO tbl_plots VALUES
('P01','Vigna Alta',1,2.4,520,1985,'Rossana','slate'),('P02','Campo Lungo',2,5.8,310,1999,'Bianchello','clay'),('P03','La Torre',2,3.1,340,2004,'Rossana','clay'),('P04','Il Gobbo',3,1.2,405,1972,'Moscarda','sand'),('P05','Sole Nero',4,2.9,460,2015,'Nebbina','slate'),('P06','Orto Santo',5,1.6,545,1961,'Moscarda','slate'),('P07','Chiostro',5,2.2,530,1998,'Bianchello','limestone'),('P08','Tre Pietre',6,0.9,480,2021,'Nebbina',NULL),('P09','Fontanile',4,1.9,390,2012,'Bianchello','sand');
INSERT INTO tbl_harvest_loads VALUES
(1,'P01','2022-09-19',9800,23.4,1.15),(2,'P02','2022-09-08',31500,20.1,0.62),(3,'P03','2022-09-21',14200,22.8,0.98),(4,'P04','2022-09-05',4100,24.9,1.4),(5,'P06','2022-09-12',5300,25.6,1.55),(6,'P01','2023-09-25',8700,24.1,1.25),(7,'P02','2023-09-11',28900,19.6,0.6),(8,'P05','2023-10-03',9900,23.9,1.3),(9,'P07','2023-09-14',10400,20.7,0.75),(10,'P06','2023-09-18',4700,26.2,1.7),(11,'P03','2023-09-28',13100,22.5,NULL),(12,'P09','2023-09-15',8800,20.3,0.66);
INSERT INTO tbl_wines VALUES
('RO22','Rosso Valmorra','red',2022,'Rossana',NULL,13.5,14500,9.8,'2023-07-11'),('BI22','Bianco del Ponte','white',2022,'Bianchello',NULL,12,22000,6.9,'2023-03-02'),('MO22','Oro di Brigida','sweet',2022,'Moscarda',NULL,11.5,3800,18.5,'2023-05-16'),('RI21','Riserva Podda','red',2021,'Rossana','Nebbina',14,4200,21,'2023-10-20'),('BI23','Bianco del Ponte','white',2023,'Bianchello',NULL,11.5,26000,7.2,'2024-03-06'),('RS23','Rosa Fresca','rose',2023,'Rossana','Bianchello',12.5,8000,8.4,'2024-02-21'),('NE23','Nebbina Sole','red',2023,'Nebbina','Rossana',14.5,5100,15.9,NULL);
INSERT INTO tbl_buyers VALUES (1,'Osteria Cavallo','restaurant','Italy'),(2,'Vinothek Gruber','shop','Austria'),(3,'Baltic Cellars','importer','Latvia'),(4,'Hotel Miralago','restaurant','Italy'),(5,'Thistle Wines','importer','Scotland'),(6,'Enoteca Duomo','shop','Italy');
INSERT INTO tbl_orders VALUES
(1,1,'BI22','2023-03-20','2023-03-23',240,6.2),(2,2,'RO22','2023-07-30','2023-08-10',600,8.5),(3,3,'BI22','2023-08-14','2023-09-01',3000,5.1),(4,4,'MO22','2023-06-02','2023-06-05',60,17),(5,5,'RI21','2023-11-08','2023-11-27',480,18.2),(6,2,'RI21','2023-11-20','2023-11-29',120,19.5),(7,1,'RO22','2024-01-09','2024-01-12',180,9),(8,3,'BI23','2024-03-15',NULL,4200,5.25),(9,5,'MO22','2024-03-19','2024-04-02',300,15.5),(10,4,'BI23','2024-04-04',NULL,120,6.8);
