CREATE TABLE designer (
  designer_id INTEGER PRIMARY KEY,
  name TEXT,
  birthplace TEXT,
  active_from INTEGER
);
CREATE TABLE costume (
  costume_id INTEGER PRIMARY KEY,
  label TEXT,
  period TEXT,
  size TEXT,
  designer_id INTEGER REFERENCES designer(designer_id),
  made_year INTEGER,
  daily_rate DECIMAL,
  replacement_cost INTEGER,
  weight_kg DECIMAL
);
CREATE TABLE accessory (
  accessory_id INTEGER PRIMARY KEY,
  label TEXT,
  material TEXT,
  costume_id INTEGER REFERENCES costume(costume_id),
  daily_rate DECIMAL
);
CREATE TABLE company (
  company_id INTEGER PRIMARY KEY,
  name TEXT,
  town TEXT,
  kind TEXT,
  email TEXT
);
CREATE TABLE production (
  production_id INTEGER PRIMARY KEY,
  title TEXT,
  company_id INTEGER REFERENCES company(company_id),
  opening DATE,
  closing DATE,
  budget INTEGER
);
CREATE TABLE hire (
  hire_id INTEGER PRIMARY KEY,
  costume_id INTEGER REFERENCES costume(costume_id),
  production_id INTEGER REFERENCES production(production_id),
  out_date DATE,
  due_date DATE,
  back_date DATE,
  days INTEGER,
  deposit INTEGER
);
CREATE TABLE repair (
  repair_id INTEGER PRIMARY KEY,
  costume_id INTEGER REFERENCES costume(costume_id),
  seamstress TEXT,
  repair_date DATE,
  cost DECIMAL,
  fault TEXT
);
INSERT INTO designer VALUES (1,'Odalys Ferrante','Trieste',1988),(2,'Hamish Birdwhistle','Inverlochan',2001),(3,'Zuzana Havel','Brno',2010),(4,'Theo Nakamura-Lloyd','Swanmouth',2016),(5,'Perpetua Okonjo','Calabar',NULL);
INSERT INTO costume VALUES
(1,'Scarlet Doge','Renaissance','L',1,1994,28.00,1400,6.5),(2,'Widow of Ghent','Victorian','M',2,2005,18.50,620,4.2),(3,'Brass Automaton','fantasy','XL',4,2019,35.00,2100,14.8),(4,'Street Urchin','Victorian','S',2,2007,9.00,140,1.6),
(5,'Moon Queen','fantasy','M',3,2014,32.00,1850,5.1),(6,'Roman Tribune','ancient','L',1,1999,22.00,900,9.3),(7,'Flapper in Jade','1920s','S',3,2012,16.00,480,1.9),(8,'Plague Doctor','Renaissance','L',NULL,1985,14.00,350,3.3),
(9,'Swan Cape','fantasy','M',5,2022,40.00,2600,3.8),(10,'Jazz Waiter','1920s','M',2,2009,11.00,210,2.2),(11,'Vestal in White','ancient','S',1,2001,14.00,330,2.0);
INSERT INTO accessory VALUES
(1,'ducal cap','velvet',1,4.00),(2,'mourning veil','lace',2,2.50),(3,'key of brass','brass',3,3.00),(4,'moon crown','silver wire',5,6.50),(5,'short sword','steel',6,5.00),(6,'beak mask','leather',8,4.50),(7,'feather headband','feather',7,2.50),(8,'gloves to the elbow','velvet',NULL,1.50),(9,'round shield','steel',6,5.50);
INSERT INTO company VALUES
(1,'Lantern Players','Swanmouth','amateur','box@lantern.example'),(2,'Northgate Opera','Inverlochan','professional','wardrobe@northgate.example'),(3,'St Bride''s School','Swanmouth','school',NULL),(4,'Tin Whistle Films','Marbeck','film','props@tinwhistle.example'),(5,'The Cobbler Company','Marbeck','amateur',NULL),(6,'Puddle Theatre','Esk Quay','professional','hello@puddle.example');
INSERT INTO production VALUES
(1,'The Venetian Twins Again','1','2023-03-10','2023-03-25',9000),(2,'Clockwork Heart',2,'2023-05-04','2023-06-17',84000),(3,'Oliver in the Rain',3,'2023-12-06','2023-12-09',1200),(4,'A Queen for Luna',6,'2024-02-15','2024-03-30',31000),
(5,'Julius at the Gate',1,'2024-03-21','2024-04-06',11000),(6,'Speakeasy Nights',5,'2023-10-13','2023-10-28',4500),(7,'The Salt Road',4,NULL,NULL,260000),(8,'Swan of Esk',6,'2024-11-20','2024-12-31',27000);
INSERT INTO hire VALUES
(1,1,1,'2023-03-01','2023-03-27','2023-03-27',26,400),(2,8,1,'2023-03-01','2023-03-27','2023-04-03',26,100),(3,3,2,'2023-04-20','2023-06-20','2023-06-19',61,800),(4,5,2,'2023-04-20','2023-06-20','2023-06-20',61,600),
(5,4,3,'2023-11-27','2023-12-11','2023-12-11',14,40),(6,2,3,'2023-11-27','2023-12-11','2023-12-15',14,150),(7,5,4,'2024-02-05','2024-04-02','2024-04-02',57,600),(8,9,4,'2024-02-05','2024-04-02',NULL,57,900),
(9,6,5,'2024-03-11','2024-04-08','2024-04-08',28,250),(10,7,6,'2023-10-02','2023-10-30','2023-10-29',28,120),(11,10,6,'2023-10-02','2023-10-30','2023-11-06',28,60),(12,8,7,'2024-03-18','2024-05-18',NULL,61,NULL),(13,1,7,'2024-03-18','2024-05-18',NULL,61,500);
INSERT INTO repair VALUES
(1,1,'Mabel Crisp','2023-04-02',64.00,'torn hem'),(2,8,'Mabel Crisp','2023-04-11',22.50,'lost button'),(3,3,'Jory Pascoe','2023-07-01',180.00,'bent plate'),(4,5,'Anh Dao','2023-06-28',48.00,'lost beads'),(5,2,'Anh Dao','2023-12-20',35.00,'torn hem'),(6,5,'Mabel Crisp','2024-04-09',72.00,'torn sleeve'),(7,6,'Jory Pascoe','2024-04-15',55.00,'bent plate'),(8,4,'Anh Dao','2023-12-14',NULL,'mud');
