CREATE TABLE lifts (
  lift_cd TEXT PRIMARY KEY,
  lift_nm TEXT,
  lift_type TEXT,
  bottom_alt INTEGER,
  top_alt INTEGER,
  cap_per_hr INTEGER,
  opened_yr INTEGER,
  chief INTEGER REFERENCES staffers(st_id)
);
CREATE TABLE staffers (
  st_id INTEGER PRIMARY KEY,
  st_nm TEXT,
  job TEXT,
  dob DATE,
  wage REAL,
  season_since DATE,
  boss INTEGER REFERENCES staffers(st_id)
);
CREATE TABLE pistes (
  piste_no INTEGER PRIMARY KEY,
  piste_nm TEXT,
  colour TEXT,
  len_m INTEGER,
  from_lift TEXT REFERENCES lifts(lift_cd),
  to_lift TEXT REFERENCES lifts(lift_cd),
  snow_guns INTEGER
);
CREATE TABLE pass_types (
  pt_cd TEXT PRIMARY KEY,
  pt_nm TEXT,
  days INTEGER,
  price REAL
);
CREATE TABLE pass_sales (
  sale_no INTEGER PRIMARY KEY,
  pt_cd TEXT REFERENCES pass_types(pt_cd),
  buyer TEXT,
  buyer_age INTEGER,
  sold_dt DATE,
  first_day DATE,
  sold_by INTEGER REFERENCES staffers(st_id)
);
CREATE TABLE stoppages (
  stop_no INTEGER PRIMARY KEY,
  lift_cd TEXT REFERENCES lifts(lift_cd),
  stop_dt DATE,
  mins INTEGER,
  cause TEXT,
  fixed_by INTEGER REFERENCES staffers(st_id),
  repair_cost REAL
);
INSERT INTO staffers VALUES
(1,'Reto Camathias','technician','1970-01-17',34.5,'1995-11-25',NULL),
(2,'Ladina Bezzola','cashier','1988-06-03',24,'2012-12-08',1),
(3,'Joel Stanhope','technician','1993-10-30',29.2,'2018-12-01',1),
(4,'Aylin Korkmaz','patroller','1996-03-21',27.75,'2019-12-14',1),
(5,'Gaspard Millet','patroller','1984-08-08',31,'2008-12-06',NULL),
(6,'Winnie Strachan','cashier','2002-02-28',21.5,'2023-12-02',2),
(7,'Beni Cadruvi','lift attendant','2004-05-12',20,'2023-12-02',3);
INSERT INTO lifts VALUES
('A','Alpenrose','gondola',1120,1875,2400,2014,1),
('B','Bear Gully','chairlift',1540,2130,1800,2006,3),
('C','Crow Pass','chairlift',1860,2445,1500,1998,3),
('D','Dwarf Meadow','drag lift',1110,1190,700,1983,7),
('E','Edelhorn','gondola',1875,2710,2000,2021,1),
('F','Fox Field','drag lift',1530,1725,900,1991,NULL);
INSERT INTO pistes VALUES
(1,'Milk Run','blue',3900,'A',NULL,24),
(2,'Bear Slide','red',2100,'B','A',16),
(3,'Black Feather','black',1850,'C','B',0),
(4,'Long Shadow','red',4600,'E','A',31),
(5,'Chapel','blue',1400,'F','A',NULL),
(6,'Nursery','green',300,'D','D',2),
(7,'Falcon','black',2450,'E','C',8),
(8,'Pine Alley','blue',2300,'B','F',12);
INSERT INTO pass_types VALUES
('D1','day pass',1,68),('H1','half day',1,49),('D3','three days',3,182.5),('W1','week',7,364),('S1','season',150,890),('K1','kids day',1,31);
INSERT INTO pass_sales VALUES
(1,'S1','Mona Albrecht',44,'2023-10-05','2023-12-02',2),
(2,'S1','Urs Albrecht',46,'2023-10-05','2023-12-02',2),
(3,'W1','Deirdre Quill',35,'2023-12-27','2023-12-28',2),
(4,'K1','Sami Rautio',9,'2023-12-29','2023-12-29',6),
(5,'D1','Ilkka Rautio',41,'2023-12-29','2023-12-29',6),
(6,'D3','Prudence Oyelowo',28,'2024-01-12','2024-01-13',6),
(7,'D1','Corentin Bize',67,'2024-01-20','2024-01-20',NULL),
(8,'D1','Hedy Marlin',23,'2024-02-03','2024-02-04',6),
(9,'W1','Bartosz Gil',52,'2024-02-10','2024-02-11',2),
(10,'K1','Ola Gil',11,'2024-02-10','2024-02-11',2),
(11,'D1','Deirdre Quill',36,'2024-03-02','2024-03-03',6);
INSERT INTO stoppages VALUES
(1,'C','2023-12-08',45,'ice',3,0),(2,'B','2023-12-30',120,'motor',1,2350),(3,'C','2024-01-06',30,'wind',NULL,NULL),(4,'F','2024-01-15',200,'rope',3,1180.5),(5,'E','2024-01-21',25,'wind',NULL,NULL),(6,'C','2024-02-09',310,'gearbox',1,8900),(7,'B','2024-02-17',15,'ice',3,0),(8,'A','2024-03-10',60,'power cut',1,140);
