CREATE TABLE t_seamstress (
  sm_no INTEGER PRIMARY KEY,
  sm_nm TEXT,
  dob DATE,
  wk_hrs INTEGER,
  pay_hr REAL,
  taught_by INTEGER REFERENCES t_seamstress(sm_no)
);
CREATE TABLE t_costume (
  cos_no INTEGER PRIMARY KEY,
  cos_nm TEXT,
  era TEXT,
  size_cd TEXT,
  colour TEXT,
  day_rent REAL,
  new_value REAL,
  made_by INTEGER REFERENCES t_seamstress(sm_no),
  made_dt DATE
);
CREATE TABLE t_troupe (
  trp_no INTEGER PRIMARY KEY,
  trp_nm TEXT,
  town TEXT,
  kind TEXT,
  contact TEXT,
  discount INTEGER
);
CREATE TABLE t_hire (
  hire_no INTEGER PRIMARY KEY,
  trp_no INTEGER REFERENCES t_troupe(trp_no),
  play TEXT,
  out_dt DATE,
  due_dt DATE,
  back_dt DATE,
  deposit REAL,
  issued_by INTEGER REFERENCES t_seamstress(sm_no),
  checked_by INTEGER REFERENCES t_seamstress(sm_no)
);
CREATE TABLE t_hire_line (
  hire_no INTEGER REFERENCES t_hire(hire_no),
  cos_no INTEGER REFERENCES t_costume(cos_no),
  days INTEGER,
  damage TEXT,
  damage_fee REAL,
  PRIMARY KEY (hire_no, cos_no)
);
CREATE TABLE t_cleaning (
  cln_no INTEGER PRIMARY KEY,
  cos_no INTEGER REFERENCES t_costume(cos_no),
  cln_dt DATE,
  firm TEXT,
  price REAL
);
INSERT INTO t_seamstress VALUES (1,'Rosalba Tinti','1955-04-08',20,31,NULL),(2,'Edda Quist','1976-11-30',40,26.5,1),(3,'Jerome Babin','1989-02-14',40,23,1),(4,'Vesna Lucic','1994-07-25',30,21.5,2),(5,'Pim Oosterhuis','2002-09-01',NULL,16,3);
INSERT INTO t_costume VALUES
(1,'Doge robe','renaissance','L','crimson',34,1450,1,'1991-05-12'),(2,'Milkmaid','baroque','M','blue',12,210,2,'2006-03-03'),(3,'Court jester','medieval','S','yellow',15.5,330,1,'1998-10-20'),(4,'Spanish captain','baroque','XL','black',22,640,3,'2015-01-29'),(5,'Flapper dress','twenties','M','silver',19,415.5,4,'2019-06-17'),(6,'Roman senator','antique','L','white',11,180,2,'2010-08-08'),(7,'Snow queen','fairy tale','M','white',38,1720,3,'2021-11-02'),(8,'Chimney sweep','victorian','S','black',9,95,NULL,NULL),(9,'Toad king','fairy tale','XL','green',27.5,890,4,'2022-02-27'),(10,'Fisherwoman','victorian','L','grey',10,120,2,'2012-12-01');
INSERT INTO t_troupe VALUES (1,'Lantern Players','Bexhollow','amateur','Sue Parrish',10),(2,'Teatro Mezzaluna','Corvara','professional','Gian Rossetti',0),(3,'Grammar School Drama','Bexhollow','school','Mr Teale',25),(4,'Opera on the Pier','Sandwick','professional','Delphine Roy',5),(5,'Carnival Guild','Corvara','club',NULL,15),(6,'Puppet Wagon','Ashby Fen','amateur','Noor Haddad',NULL);
INSERT INTO t_hire VALUES
(1,1,'A Winter Fable','2022-12-01','2022-12-20','2022-12-19',200,2,2),(2,2,'The Doge''s Daughter','2023-02-06','2023-02-27','2023-03-04',600,1,3),(3,3,'A Winter Fable','2023-03-13','2023-03-20','2023-03-20',100,4,2),(4,5,'Carnival parade','2023-02-16','2023-02-22','2023-02-22',350,2,4),(5,4,'Captain Rodrigo','2023-06-05','2023-07-10','2023-07-08',500,3,1),(6,1,'Sooty Alley','2023-10-30','2023-11-20','2023-11-27',80,4,4),(7,4,'A Winter Fable','2023-12-04','2024-01-08','2024-01-08',550,3,2),(8,2,'Toads at Court','2024-02-12','2024-03-04','2024-03-02',420,2,3),(9,5,'Carnival parade','2024-02-08','2024-02-14',NULL,350,5,NULL);
INSERT INTO t_hire_line VALUES
(1,7,19,NULL,NULL),(1,3,19,'torn sleeve',45),(2,1,26,'wine stain',120),(2,4,26,NULL,NULL),(3,7,7,NULL,NULL),(4,1,6,NULL,NULL),(4,3,6,'lost bell',8.5),(4,2,6,NULL,NULL),(5,4,33,'torn sleeve',60),(5,10,33,NULL,NULL),(6,8,28,NULL,NULL),(6,10,28,'wine stain',15),(7,7,35,'broken crown',210),(8,9,19,NULL,NULL),(8,3,19,NULL,NULL),(9,1,NULL,NULL,NULL),(9,9,NULL,NULL,NULL);
INSERT INTO t_cleaning VALUES (1,7,'2022-12-22','Snow White Laundry',48),(2,3,'2022-12-22','Snow White Laundry',22),(3,1,'2023-03-06','Brocade Care',95),(4,4,'2023-07-12','Brocade Care',40.5),(5,1,'2023-02-24','Snow White Laundry',60),(6,10,'2023-11-29','Snow White Laundry',18),(7,7,'2024-01-10','Brocade Care',88),(8,9,'2024-03-05','Brocade Care',71);
