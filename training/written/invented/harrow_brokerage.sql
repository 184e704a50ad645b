CREATE TABLE brk_adviser (
  adv_id INTEGER PRIMARY KEY,
  adv_name TEXT,
  branch TEXT,
  commission_pct REAL,
  joined_on DATE,
  head_id INTEGER REFERENCES brk_adviser(adv_id)
);
CREATE TABLE brk_client (
  cli_id INTEGER PRIMARY KEY,
  cli_name TEXT,
  cli_type TEXT,
  country TEXT,
  risk_class INTEGER,
  adv_id INTEGER REFERENCES brk_adviser(adv_id)
);
CREATE TABLE brk_account (
  acct_no TEXT PRIMARY KEY,
  cli_id INTEGER REFERENCES brk_client(cli_id),
  ccy TEXT,
  cash REAL,
  opened_on DATE,
  closed_on DATE
);
CREATE TABLE brk_stock (
  ticker TEXT PRIMARY KEY,
  company TEXT,
  sector TEXT,
  country TEXT,
  last_price REAL,
  dividend REAL,
  listed_on DATE
);
CREATE TABLE brk_holding (
  acct_no TEXT REFERENCES brk_account(acct_no),
  ticker TEXT REFERENCES brk_stock(ticker),
  shares INTEGER,
  avg_cost REAL,
  PRIMARY KEY (acct_no, ticker)
);
CREATE TABLE brk_trade (
  trade_no INTEGER PRIMARY KEY,
  acct_no TEXT REFERENCES brk_account(acct_no),
  ticker TEXT REFERENCES brk_stock(ticker),
  side TEXT,
  shares INTEGER,
  price REAL,
  traded_on DATE,
  fee REAL
);
CREATE TABLE brk_transfer (
  trf_no INTEGER PRIMARY KEY,
  from_acct TEXT REFERENCES brk_account(acct_no),
  to_acct TEXT REFERENCES brk_account(acct_no),
  amount REAL,
  made_on DATE
);
INSERT INTO brk_adviser VALUES
(1,'Cordelia Strand','Port Merrion',0.4,'2006-02-01',NULL),
(2,'Hugo Vandermeer','Port Merrion',0.6,'2012-05-14',1),
(3,'Leila Sabbagh','Eastbridge',0.6,'2016-10-03',1),
(4,'Owen Pritchard','Eastbridge',0.75,'2021-01-18',3),
(5,'Tam Nguyen',NULL,0.75,'2024-02-05',2);
INSERT INTO brk_client VALUES
(201,'Mrs Eudora Finch','private','Canada',2,2),
(202,'Bellweather Pension Fund','institution','Canada',1,1),
(203,'Ravi Chandrasekar','private','Singapore',4,3),
(204,'Lund Family Trust','trust','Denmark',3,1),
(205,'Georgi Antonov','private','Bulgaria',5,4),
(206,'Sister Mary Oduya','private','Kenya',1,3),
(207,'Kestrel Holdings','institution','Denmark',4,2),
(208,'Paloma Reyes','private','Canada',3,4);
INSERT INTO brk_account VALUES
('A-1001',201,'CAD',8200.5,'2013-03-11',NULL),
('A-1002',202,'CAD',415000,'2008-07-01',NULL),
('A-1003',203,'USD',1290,'2017-01-23',NULL),
('A-1004',204,'EUR',56300.75,'2010-09-15',NULL),
('A-1005',205,'USD',-340.2,'2021-06-30',NULL),
('A-1006',206,'USD',2750,'2019-04-08','2023-12-29'),
('A-1007',207,'EUR',120400,'2014-11-19',NULL),
('A-1008',203,'EUR',640,'2022-02-17',NULL),
('A-1009',201,'USD',0,'2023-05-02',NULL),
('A-1010',208,'CAD',3100,'2024-01-09',NULL);
INSERT INTO brk_stock VALUES
('NRDL','Nordlight Energy','energy','Denmark',48.6,1.9,'2004-06-10'),
('MPLX','Maplex Timber','materials','Canada',22.15,0.8,'1998-03-25'),
('QBIT','Qubital Systems','technology','USA',181.4,NULL,'2019-09-17'),
('HLTN','Halton Pharma','health','USA',96.2,2.2,'2001-11-05'),
('SEAO','Seaorchard Foods','food','Norway',35.05,1.1,'2012-04-30'),
('ZEPH','Zephyr Airlines','transport','Canada',7.9,0,'2015-08-21'),
('GLDN','Goldenrod Bank','finance','Canada',64.75,3.1,'1989-01-16'),
('ARCX','Arcflux Motors','technology','Germany',210.3,NULL,'2021-03-02');
INSERT INTO brk_holding VALUES
('A-1001','GLDN',150,52.3),('A-1001','MPLX',200,19.9),('A-1002','GLDN',9000,44.1),('A-1002','NRDL',4000,39.75),('A-1002','HLTN',2500,71),('A-1003','QBIT',60,120.5),('A-1003','ARCX',25,251),('A-1004','NRDL',1200,30.2),('A-1004','SEAO',800,28.8),('A-1005','ARCX',40,240.6),('A-1007','QBIT',500,140.25),('A-1007','NRDL',700,50.1),('A-1009','QBIT',10,175);
INSERT INTO brk_trade VALUES
(1,'A-1001','GLDN','buy',150,52.3,'2022-10-12',19.5),
(2,'A-1002','HLTN','buy',2500,71,'2022-12-05',150),
(3,'A-1003','QBIT','buy',100,120.5,'2023-02-14',25),
(4,'A-1006','SEAO','sell',120,33.4,'2023-03-03',15),
(5,'A-1005','ARCX','buy',40,240.6,'2023-06-21',22),
(6,'A-1003','QBIT','sell',40,158.9,'2023-08-09',25),
(7,'A-1007','QBIT','buy',500,140.25,'2023-08-28',90),
(8,'A-1003','ARCX','buy',25,251,'2023-11-15',25),
(9,'A-1006','ZEPH','sell',900,6.8,'2023-12-20',15),
(10,'A-1009','QBIT','buy',10,175,'2024-01-30',12),
(11,'A-1004','NRDL','sell',300,49.2,'2024-03-07',60),
(12,'A-1007','NRDL','buy',700,50.1,'2024-03-18',NULL);
INSERT INTO brk_transfer VALUES
(1,'A-1003','A-1008',1500,'2022-02-18'),(2,'A-1001','A-1009',2200,'2023-05-04'),(3,'A-1006','A-1003',2750.5,'2023-12-28'),(4,'A-1004','A-1007',10000,'2024-02-22'),(5,'A-1001','A-1009',900,'2024-03-01');
