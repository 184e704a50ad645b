CREATE TABLE tbl_base (base_id INTEGER PRIMARY KEY, base_name TEXT, glen TEXT, elevation INTEGER, set_up DATE);
CREATE TABLE tbl_volunteer (
  vol_id INTEGER PRIMARY KEY,
  vol_name TEXT,
  dob DATE,
  day_job TEXT,
  base_id INTEGER REFERENCES tbl_base(base_id),
  joined DATE,
  left_on DATE,
  grade TEXT
);
CREATE TABLE tbl_dog (dog_id INTEGER PRIMARY KEY, dog_name TEXT, breed TEXT, handler_id INTEGER REFERENCES tbl_volunteer(vol_id), born INTEGER, kilos INTEGER);
CREATE TABLE tbl_callout (
  call_id INTEGER PRIMARY KEY,
  call_date DATE,
  hill TEXT,
  cause TEXT,
  base_id INTEGER REFERENCES tbl_base(base_id),
  leader_id INTEGER REFERENCES tbl_volunteer(vol_id),
  deputy_id INTEGER REFERENCES tbl_volunteer(vol_id),
  hours DECIMAL,
  cost INTEGER
);
CREATE TABLE tbl_casualty (cas_id INTEGER PRIMARY KEY, call_id INTEGER REFERENCES tbl_callout(call_id), cas_name TEXT, age INTEGER, home TEXT, injury TEXT);
CREATE TABLE tbl_turnout (call_id INTEGER REFERENCES tbl_callout(call_id), vol_id INTEGER REFERENCES tbl_volunteer(vol_id), hours DECIMAL, PRIMARY KEY (call_id, vol_id));
CREATE TABLE tbl_gift (gift_id INTEGER PRIMARY KEY, giver TEXT, gift_date DATE, pounds INTEGER, base_id INTEGER REFERENCES tbl_base(base_id));
INSERT INTO tbl_base VALUES (1,'Corrigan','Glen Arrow',210,'1964-06-01'),(2,'Strathmuir','Strath Muir',95,'1978-03-15'),(3,'Loch Torrin','Glen Torrin',60,'1991-10-20'),(4,'Blackwater Hut','Glen Arrow',540,'2018-05-05');
INSERT INTO tbl_volunteer VALUES (1,'Eilidh Marr','1978-03-19','vet',1,'2001-09-01',NULL,'leader'),(2,'Donnie McPhail','1969-12-07','joiner',1,'1995-02-11',NULL,'leader'),(3,'Sabine Köhler','1986-06-30','teacher',2,'2012-04-04',NULL,'full'),(4,'Rory Strang','1990-01-25','postman',2,'2015-08-17','2023-10-01','full'),(5,'Jamal Reid','1994-09-14','paramedic',3,'2018-01-29',NULL,'leader'),(6,'Kirsty Bain','2001-05-05','student',1,'2022-03-06',NULL,'trainee'),(7,'Ewan Gillies','1958-08-08','retired',3,'1989-05-30',NULL,'full'),(8,'Mairi Ross','1998-11-16','teacher',3,'2023-02-12',NULL,'trainee'),(9,'Piet de Vries','1983-04-02','joiner',2,'2020-11-21',NULL,'full');
INSERT INTO tbl_dog VALUES (1,'Skye','border collie',1,2017,18),(2,'Bracken','springer spaniel',3,2019,21),(3,'Moss','border collie',7,2013,20),(4,'Fudge','labrador',9,2021,29),(5,'Nell','border collie',NULL,2023,14);
INSERT INTO tbl_callout VALUES (1,'2022-12-29','Ben Arrow','avalanche',1,2,1,14.5,6200),(2,'2023-02-11','Sgurr Dubh','fall',1,1,2,6.0,1850),(3,'2023-03-04','Ben Arrow','lost',1,2,6,4.5,900),(4,'2023-05-27','Torrin Ridge','fall',3,5,7,5.0,2100),(5,'2023-08-13','Muir Crags','heart attack',2,3,4,2.5,3400),(6,'2023-09-30','Sgurr Dubh','lost',1,1,NULL,8.0,1200),(7,'2024-01-20','Torrin Ridge','avalanche',3,5,8,11.0,5800),(8,'2024-03-02','Muir Crags','fall',2,3,9,3.5,NULL),(9,'2024-03-30','Carn Liath','lost',3,7,5,6.5,1000);
INSERT INTO tbl_casualty VALUES (1,1,'T. Aldous',34,'Leeds','broken leg'),(2,1,'V. Aldous',31,'Leeds',NULL),(3,2,'Marek Lis',52,'Glasgow','head wound'),(4,3,'Priya Shah',27,'London','cold'),(5,4,'Gwen Pardoe',61,'Cardiff','broken ankle'),(6,5,'Alec Dunn',70,'Perth','heart attack'),(7,7,'Luca Ferri',29,'Milan','broken leg'),(8,8,'Sam Otway',19,'Glasgow','head wound'),(9,9,'Nia Bevan',8,'Cardiff','cold'),(10,9,'Rhys Bevan',41,'Cardiff',NULL);
INSERT INTO tbl_turnout VALUES (1,1,14.5),(1,2,14.5),(1,3,9.0),(1,6,12.0),(2,1,6.0),(2,2,6.0),(3,2,4.5),(3,6,4.5),(4,5,5.0),(4,7,5.0),(5,3,2.5),(5,4,2.5),(6,1,8.0),(6,6,7.5),(7,5,11.0),(7,8,11.0),(7,7,6.0),(7,3,5.5),(8,3,3.5),(9,7,6.5),(9,5,6.0);
INSERT INTO tbl_gift VALUES (1,'Arrow Inn','2023-01-15',400,1),(2,'Marek Lis','2023-03-01',1000,1),(3,'Muir Distillery','2023-06-10',5000,2),(4,'Pardoe family','2023-07-19',750,3),(5,'Arrow Inn','2024-01-12',450,1),(6,'Anonymous','2024-02-29',20000,NULL),(7,'Torrin School','2024-03-21',136,3);
