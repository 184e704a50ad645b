CREATE TABLE farm (
  farm_id INTEGER PRIMARY KEY,
  farm_name TEXT,
  farmer TEXT,
  valley TEXT,
  cows INTEGER,
  joined DATE
);
CREATE TABLE milk_run (
  run_id INTEGER PRIMARY KEY,
  farm_id INTEGER REFERENCES farm(farm_id),
  run_date DATE,
  litres INTEGER,
  fat_pct DECIMAL,
  price_per_litre DECIMAL
);
CREATE TABLE cheese (
  cheese_id INTEGER PRIMARY KEY,
  cheese_name TEXT,
  texture TEXT,
  milk TEXT,
  age_months INTEGER,
  price_kg DECIMAL,
  based_on INTEGER REFERENCES cheese(cheese_id)
);
CREATE TABLE maker (
  maker_id INTEGER PRIMARY KEY,
  maker_name TEXT,
  birth_year INTEGER,
  monthly_pay INTEGER,
  hired DATE
);
CREATE TABLE batch (
  batch_id INTEGER PRIMARY KEY,
  cheese_id INTEGER REFERENCES cheese(cheese_id),
  maker_id INTEGER REFERENCES maker(maker_id),
  checker_id INTEGER REFERENCES maker(maker_id),
  made_on DATE,
  wheels INTEGER,
  kg_per_wheel DECIMAL,
  grade TEXT
);
CREATE TABLE shop (
  shop_id INTEGER PRIMARY KEY,
  shop_name TEXT,
  town TEXT,
  discount_pct INTEGER
);
CREATE TABLE delivery (
  delivery_id INTEGER PRIMARY KEY,
  shop_id INTEGER REFERENCES shop(shop_id),
  batch_id INTEGER REFERENCES batch(batch_id),
  delivered DATE,
  wheels INTEGER,
  paid_on DATE
);
INSERT INTO farm VALUES (1,'Upper Stile','Norah Blenkin','Ashdale',64,'2009-01-15'),(2,'Rushy Bottom','Pavel Duda','Ashdale',112,'2012-05-30'),(3,'Goat Knoll','Siri Haugen','Corrie',38,'2016-09-08'),(4,'Long Meadow','Jim Tarrant','Welbeck',150,'2009-01-15'),(5,'Thistle End','Fatima Rahal','Corrie',NULL,'2023-04-01'),(6,'Hag Farm','Wilf Tarrant','Welbeck',47,'2019-11-11');
INSERT INTO milk_run VALUES
(1,1,'2023-05-02',820,4.1,0.46),(2,2,'2023-05-02',1430,3.9,0.44),(3,3,'2023-05-03',210,4.8,0.92),(4,4,'2023-05-03',1980,3.8,0.43),(5,1,'2023-11-14',760,4.3,0.49),(6,2,'2023-11-14',1390,4.0,0.47),(7,4,'2023-11-15',2050,3.9,0.46),(8,6,'2024-03-05',540,4.4,0.50),(9,3,'2024-03-06',260,4.9,0.95),(10,1,'2024-03-05',905,4.2,0.51),(11,4,'2024-03-07',1875,NULL,0.48);
INSERT INTO cheese VALUES
(1,'Ashdale Gold','hard','cow',18,24.00,NULL),(2,'Young Ashdale','semi-hard','cow',4,15.50,1),(3,'Corrie Ash','soft','goat',1,29.00,NULL),(4,'Blue Hag','blue','cow',5,22.50,NULL),(5,'Smoked Ashdale','semi-hard','cow',6,19.00,2),(6,'Knoll Button','soft','goat',0,33.00,3),(7,'Welbeck Drum','hard','cow',12,20.00,NULL),(8,'Feast Day','hard','sheep',24,NULL,1);
INSERT INTO maker VALUES (1,'Hester Cole',1971,3100,'2009-02-01'),(2,'Anders Vik',1984,2650,'2014-08-18'),(3,'Yusuf Karaman',1992,2400,'2019-03-04'),(4,'Poppy Tarrant',2000,1950,'2022-09-12'),(5,'Old Ned Swales',1949,NULL,'2009-02-01');
INSERT INTO batch VALUES
(1,1,1,2,'2022-04-12',24,8.5,'A'),(2,2,2,1,'2023-05-04',40,4.0,'A'),(3,3,3,1,'2023-05-05',120,0.3,'B'),(4,4,2,3,'2023-05-09',36,2.5,'A'),(5,5,2,1,'2023-06-20',30,4.0,'C'),(6,7,1,2,'2023-01-17',18,11.0,'B'),(7,6,4,3,'2024-03-08',200,0.1,'A'),(8,4,3,2,'2023-11-20',34,2.5,'B'),(9,1,1,3,'2023-11-16',22,8.5,NULL),(10,3,4,1,'2024-03-11',110,0.3,'A'),(11,2,4,2,'2024-03-06',38,4.0,'B');
INSERT INTO shop VALUES (1,'Rind & Crumb','Marston',5),(2,'The Larder','Welbeck Town',0),(3,'Cellar 14','Great Orme',10),(4,'Friday Market Stall','Marston',0),(5,'Hotel Belvoir Kitchen','Great Orme',12),(6,'Nibble','Sandholm',NULL);
INSERT INTO delivery VALUES
(1,1,2,'2023-09-11',10,'2023-10-02'),(2,3,1,'2023-10-20',6,'2023-11-15'),(3,2,4,'2023-10-12',8,'2023-10-12'),(4,4,3,'2023-06-09',60,'2023-06-09'),(5,5,4,'2023-10-27',12,NULL),(6,1,5,'2023-12-19',9,'2024-01-08'),(7,3,6,'2024-01-25',4,'2024-02-20'),(8,2,2,'2023-09-13',14,'2023-09-30'),(9,4,7,'2024-03-15',90,'2024-03-15'),(10,5,1,'2024-03-22',5,NULL),(11,1,8,'2024-04-10',7,NULL);
