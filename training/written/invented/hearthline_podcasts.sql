CREATE TABLE people (
  pid INTEGER PRIMARY KEY,
  full_nm TEXT,
  base_city TEXT,
  dob DATE,
  rate_per_ep INTEGER
);
CREATE TABLE podcast (
  pod_id INTEGER PRIMARY KEY,
  pod_title TEXT,
  lang TEXT,
  subject TEXT,
  host_pid INTEGER REFERENCES people(pid),
  cohost_pid INTEGER REFERENCES people(pid),
  launch_dt DATE,
  spinoff_of INTEGER REFERENCES podcast(pod_id)
);
CREATE TABLE episode (
  ep_id INTEGER PRIMARY KEY,
  pod_id INTEGER REFERENCES podcast(pod_id),
  ep_title TEXT,
  air_dt DATE,
  len_min INTEGER,
  plays INTEGER
);
CREATE TABLE guest_spot (
  ep_id INTEGER REFERENCES episode(ep_id),
  pid INTEGER REFERENCES people(pid),
  fee INTEGER,
  PRIMARY KEY (ep_id, pid)
);
CREATE TABLE sponsor (
  sp_id INTEGER PRIMARY KEY,
  sp_nm TEXT,
  trade TEXT,
  hq_city TEXT
);
CREATE TABLE ad_slot (
  slot_id INTEGER PRIMARY KEY,
  ep_id INTEGER REFERENCES episode(ep_id),
  sp_id INTEGER REFERENCES sponsor(sp_id),
  secs INTEGER,
  price INTEGER,
  pos TEXT
);
INSERT INTO people VALUES (1,'Romy Adair','Glasholm','1986-05-14',450),(2,'Desmond Plank','Glasholm','1974-11-02',600),(3,'Ilse Vermaat','Utterdam','1990-08-29',400),(4,'Obi Nnamdi','Lakeford','1982-01-17',520),(5,'Carys Pugh','Aberlyn','1995-03-08',NULL),(6,'Prof. Hal Winter','Lakeford','1951-12-25',300),(7,'Suki Tanabe','Utterdam',NULL,350),(8,'Greta Ohm','Glasholm','2000-07-07',150),(9,'Mateus Rocha','Portavela','1988-10-10',NULL);
INSERT INTO podcast VALUES (1,'Cold Kettle','English','history',1,2,'2018-09-04',NULL),(2,'Dust and Data','English','science',4,NULL,'2020-01-21',NULL),(3,'Wind in de Rug','Dutch','cycling',3,7,'2021-04-06',NULL),(4,'Kettle Shorts','English','history',1,NULL,'2022-06-14',1),(5,'Supper Club Secrets','English','food',2,5,'2023-02-07',NULL),(6,'Pedal Tales','English','cycling',7,3,'2024-01-09',3);
INSERT INTO episode VALUES
(1,1,'The Salt Tax Riots','2022-10-04',58,41200),(2,1,'A Spy in the Laundry','2023-03-14',64,55800),(3,1,'Who Burned the Mill?','2024-03-05',71,38900),(4,2,'Why Sand Sings','2023-01-24',42,22100),(5,2,'Counting Bats','2023-05-16',38,17650),(6,3,'Tegenwind','2023-06-06',35,8400),(7,4,'One Minute King','2022-07-05',9,30200),(8,4,'The Lost Comma','2023-03-28',11,33750),(9,5,'Burnt Butter','2023-02-14',47,12900),(10,5,'The Soup Heist','2023-09-26',52,19800),(11,6,'Over the Alps on a Tandem','2024-01-16',44,5100),(12,2,'The Mathematics of Queues','2024-03-19',40,NULL);
INSERT INTO guest_spot VALUES (1,6,200),(2,8,120),(2,9,250),(4,6,150),(5,5,0),(6,9,180),(9,4,300),(10,1,0),(10,8,100),(11,9,220),(12,6,NULL);
INSERT INTO sponsor VALUES (1,'Fernleaf Tea','drinks','Glasholm'),(2,'Pillowcroft','bedding','Lakeford'),(3,'Velox Bikes','bicycles','Utterdam'),(4,'Quickledger','software','Glasholm'),(5,'Bramwell Knives','kitchenware','Aberlyn');
INSERT INTO ad_slot VALUES (1,1,1,30,800,'start'),(2,1,4,45,950,'middle'),(3,2,1,30,1100,'start'),(4,2,4,60,1500,'middle'),(5,3,1,30,850,'start'),(6,4,4,30,500,'start'),(7,5,4,30,420,'end'),(8,6,3,60,360,'middle'),(9,8,1,15,600,'start'),(10,9,1,30,390,'start'),(11,10,4,45,640,'middle'),(12,10,1,30,480,'end'),(13,11,3,60,250,'start');
