CREATE TABLE pilots (
  pilot_id INTEGER PRIMARY KEY,
  surname TEXT,
  forename TEXT,
  rank TEXT,
  licensed_on DATE,
  max_length INTEGER,
  tutor_id INTEGER REFERENCES pilots(pilot_id)
);
CREATE TABLE vessels (
  imo INTEGER PRIMARY KEY,
  vessel_name TEXT,
  vessel_type TEXT,
  flag TEXT,
  length_m REAL,
  draught_m REAL,
  built_year INTEGER
);
CREATE TABLE berths (
  berth_code TEXT PRIMARY KEY,
  quay TEXT,
  depth_m REAL,
  length_m INTEGER,
  day_rate INTEGER
);
CREATE TABLE tugs (
  tug_id INTEGER PRIMARY KEY,
  tug_name TEXT,
  bollard_pull INTEGER,
  built_year INTEGER,
  hourly_rate REAL
);
CREATE TABLE movements (
  movement_id INTEGER PRIMARY KEY,
  imo INTEGER REFERENCES vessels(imo),
  from_berth TEXT REFERENCES berths(berth_code),
  to_berth TEXT REFERENCES berths(berth_code),
  pilot_id INTEGER REFERENCES pilots(pilot_id),
  moved_on DATE,
  minutes INTEGER,
  pilot_fee REAL,
  wind_kn INTEGER
);
CREATE TABLE tug_jobs (
  movement_id INTEGER REFERENCES movements(movement_id),
  tug_id INTEGER REFERENCES tugs(tug_id),
  hours REAL,
  PRIMARY KEY (movement_id, tug_id)
);
INSERT INTO pilots VALUES
(1,'Calloway','Edmund','senior','1996-04-02',400,NULL),
(2,'Rasmussen','Birgit','senior','2003-11-17',400,1),
(3,'Oyelaran','Tunde','first','2012-06-08',300,1),
(4,'Stavros','Eleni','first','2015-02-26',250,2),
(5,'Whitlow','Kit','junior','2021-09-13',150,3),
(6,'Calloway','Jess','junior','2023-05-30',120,3);
INSERT INTO vessels VALUES
(9101001,'Amber Meridian','container','Panama',294.1,13.2,2011),
(9101002,'Stella Borealis','cruise','Norway',311,8.5,2017),
(9101003,'Koru Trader','bulk','Liberia',189.9,11.6,2008),
(9101004,'Gulsen Kaptan','tanker','Turkey',147.4,8.9,2014),
(9101005,'Little Fulmar','dredger','Norway',62.5,3.4,1999),
(9101006,'Prosper Ivory','bulk','Panama',225,14.1,2019),
(9101007,'Lady Roswitha','ferry','Estonia',176.3,6.2,2003),
(9101008,'Hanse Orbit','container','Liberia',366,15.5,2022);
INSERT INTO berths VALUES
('N1','North Quay',16,410,3200),('N2','North Quay',14.5,320,2400),('F1','Ferry Pier',8,200,1100),('G1','Grain Wharf',12.5,240,1500),('G2','Grain Wharf',12.5,210,1500),('T1','Tank Jetty',10,180,1750),('L1','Lay-by',6,130,NULL);
INSERT INTO tugs VALUES
(1,'Ox',72,2016,640),(2,'Bison',80,2020,710),(3,'Mule',45,2001,420),(4,'Ibex',55,2009,480),(5,'Shire',38,1992,350);
INSERT INTO movements VALUES
(1,9101001,NULL,'N1',1,'2023-10-03',95,2140,12),
(2,9101003,NULL,'G1',3,'2023-10-19',80,1320,18),
(3,9101003,'G1','G2',3,'2023-10-24',40,610,9),
(4,9101004,NULL,'T1',4,'2023-11-07',65,990,22),
(5,9101005,'L1','G2',5,'2023-11-08',25,240,15),
(6,9101002,NULL,'N2',2,'2023-12-14',110,2480.5,28),
(7,9101007,NULL,'F1',4,'2024-01-05',45,830,31),
(8,9101006,NULL,'N2',1,'2024-01-22',90,1760,14),
(9,9101006,'N2','G1',2,'2024-01-25',55,890,NULL),
(10,9101004,NULL,'T1',4,'2024-02-09',60,990,11),
(11,9101001,NULL,'N1',2,'2024-03-02',100,2140,19),
(12,9101005,'G2','L1',5,'2024-03-18',20,240,8);
INSERT INTO tug_jobs VALUES
(1,1,2),(1,2,2),(2,4,1.5),(3,3,1),(4,3,1.25),(4,4,1.25),(6,1,2.5),(6,2,2.5),(6,4,2),(8,2,1.75),(9,4,1),(11,1,2),(11,2,2.25);
