CREATE TABLE driver (
  driver_no INTEGER PRIMARY KEY,
  driver_name TEXT,
  birth_date DATE,
  licence TEXT,
  hourly_pay REAL,
  trained_by INTEGER REFERENCES driver(driver_no)
);
CREATE TABLE round (
  round_code TEXT PRIMARY KEY,
  round_name TEXT,
  length_km REAL,
  leaves_at INTEGER,
  main_driver INTEGER REFERENCES driver(driver_no),
  relief_driver INTEGER REFERENCES driver(driver_no)
);
CREATE TABLE shop_client (
  client_no INTEGER PRIMARY KEY,
  client_name TEXT,
  client_kind TEXT,
  street TEXT,
  round_code TEXT REFERENCES round(round_code),
  stop_no INTEGER,
  discount_pct INTEGER,
  client_since DATE
);
CREATE TABLE loaf (
  loaf_code TEXT PRIMARY KEY,
  loaf_name TEXT,
  flour TEXT,
  grams INTEGER,
  wholesale_price REAL,
  retail_price REAL,
  launched DATE
);
CREATE TABLE standing_order (
  client_no INTEGER REFERENCES shop_client(client_no),
  loaf_code TEXT REFERENCES loaf(loaf_code),
  pieces INTEGER,
  PRIMARY KEY (client_no, loaf_code)
);
CREATE TABLE delivery_note (
  note_no INTEGER PRIMARY KEY,
  client_no INTEGER REFERENCES shop_client(client_no),
  driver_no INTEGER REFERENCES driver(driver_no),
  delivered_on DATE,
  paid_on DATE,
  amount REAL,
  pieces_returned INTEGER
);
INSERT INTO driver VALUES
(1,'Gus Abelard','1966-03-30','C1',19.8,NULL),
(2,'Ruta Jankauskas','1989-10-12','B',16.4,1),
(3,'Milo Tranter','1999-01-25','B',14.9,1),
(4,'Fernanda Leite','1978-07-19','C1',18.25,NULL),
(5,'Kenji Orme','2003-05-04','B',14.2,4);
INSERT INTO round VALUES
('N1','North Loop',42.5,4,1,3),('S1','South Side',31,5,2,3),('C1','Castle Quarter',11.8,5,4,NULL),('W2','Western Villages',67.2,3,1,5);
INSERT INTO shop_client VALUES
(101,'Hotel Marquess','hotel','Bell Street','C1',1,12,'2016-04-01'),
(102,'Cafe Linden','cafe','Castle Row','C1',2,5,'2019-09-09'),
(103,'Dobbs Corner Shop','grocer','Vine Road','N1',3,0,'2014-02-17'),
(104,'Northgate School','canteen','Learning Lane','N1',1,10,'2020-08-31'),
(105,'Petrel Cafe','cafe','Quay Road','S1',4,5,'2022-03-14'),
(106,'Farm Shop Ayles','grocer','Ayles Green','W2',2,8,'2018-05-28'),
(107,'Woolpack Inn','pub','Ayles Green','W2',3,NULL,'2021-06-07'),
(108,'St Anne Hospital','canteen','Vine Road','N1',2,15,'2015-01-12'),
(109,'Deli Castellano','grocer','Quay Road','S1',1,5,'2023-10-02'),
(110,'Pop-up Tearoom','cafe','Bell Street','C1',3,0,'2024-03-18');
INSERT INTO loaf VALUES
('RYE','Dark Rye','rye',1000,2.6,4.2,'2009-01-01'),
('SDW','White Sourdough','wheat',800,2.35,4,'2015-03-02'),
('SPL','Spelt Tin','spelt',750,2.9,4.9,'2018-10-15'),
('BAG','Baguette','wheat',280,0.95,1.7,'2009-01-01'),
('BRI','Brioche Bun','wheat',90,0.6,1.2,'2019-06-24'),
('SEE','Seeded Rye','rye',900,2.85,4.6,'2021-02-08'),
('MAI','Maize Loaf','maize',650,3.1,5.2,'2023-11-13');
INSERT INTO standing_order VALUES
(101,'BAG',40),(101,'BRI',90),(101,'RYE',8),(102,'SDW',10),(102,'BAG',15),(103,'SDW',14),(103,'RYE',10),(104,'BRI',120),(105,'SDW',9),(105,'BRI',30),(106,'RYE',12),(106,'SPL',9),(106,'SDW',20),(107,'BAG',18),(108,'SDW',35),(108,'BRI',150),(109,'SEE',8),(109,'BAG',25);
INSERT INTO delivery_note VALUES
(5001,101,4,'2024-01-08','2024-01-31',112.8,0),
(5002,103,1,'2024-01-08','2024-01-08',58.9,3),
(5003,108,3,'2024-01-09','2024-02-28',172.25,0),
(5004,105,2,'2024-01-22','2024-02-02',39.15,5),
(5005,106,1,'2024-02-05','2024-02-19',104.3,2),
(5006,101,4,'2024-02-12','2024-03-01',120.4,6),
(5007,107,5,'2024-02-13',NULL,17.1,0),
(5008,109,3,'2024-02-26','2024-03-11',46.55,1),
(5009,102,4,'2024-03-04','2024-03-04',37.75,NULL),
(5010,108,1,'2024-03-05',NULL,172.25,4),
(5011,103,1,'2024-03-18',NULL,61.5,0),
(5012,105,2,'2024-03-19','2024-04-02',39.15,9);
