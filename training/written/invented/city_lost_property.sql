CREATE TABLE clerk (
  clerkId INTEGER PRIMARY KEY,
  clerkName TEXT,
  deskNo INTEGER,
  hiredOn DATE,
  salary INTEGER,
  supervisorId INTEGER REFERENCES clerk(clerkId)
);
CREATE TABLE itemType (
  typeCode TEXT PRIMARY KEY,
  typeName TEXT,
  keepWeeks INTEGER,
  storageFee REAL
);
CREATE TABLE foundItem (
  itemNo INTEGER PRIMARY KEY,
  typeCode TEXT REFERENCES itemType(typeCode),
  description TEXT,
  colour TEXT,
  foundOn DATE,
  foundAt TEXT,
  finderName TEXT,
  estValue REAL,
  shelf TEXT,
  takenInBy INTEGER REFERENCES clerk(clerkId),
  returnedBy INTEGER REFERENCES clerk(clerkId)
);
CREATE TABLE lossReport (
  reportNo INTEGER PRIMARY KEY,
  ownerName TEXT,
  ownerPhone TEXT,
  typeCode TEXT REFERENCES itemType(typeCode),
  lostOn DATE,
  lostAt TEXT,
  reward REAL,
  matchedItem INTEGER REFERENCES foundItem(itemNo)
);
CREATE TABLE auctionLot (
  lotNo INTEGER PRIMARY KEY,
  itemNo INTEGER REFERENCES foundItem(itemNo),
  auctionDate DATE,
  startPrice REAL,
  soldFor REAL,
  buyerName TEXT
);
INSERT INTO clerk VALUES (1,'Theodora Lamb',1,'2004-05-03',43200,NULL),(2,'Gregor Pasternak',2,'2012-01-09',36500,1),(3,'Yasmin Dewan',3,'2018-07-16',33800,1),(4,'Bruno Castel',2,'2023-02-13',29900,2);
INSERT INTO itemType VALUES ('UMB','umbrella',8,1.5),('PHN','phone',26,5),('WAL','wallet',26,5),('KEY','keys',20,2),('BAG','bag',16,4.5),('BIK','bicycle',30,12),('INS','musical instrument',40,10),('TOY','soft toy',12,0),('SKI','pair of skis',20,6);
INSERT INTO foundItem VALUES
(1,'UMB','large umbrella with duck handle','green','2023-03-02','Tram 4','Ida Kroll',15,'A1',2,NULL),
(2,'PHN','cracked smartphone','black','2023-03-10','Central Station','Kofi Mensah',180,'S2',3,3),
(3,'WAL','leather wallet','brown','2023-04-21','Central Station',NULL,40,'S1',1,2),
(4,'BIK','ladies bicycle with basket','red','2023-05-05','Harbour Baths','Ida Kroll',220,'Y1',2,NULL),
(5,'BAG','gym bag','blue','2023-06-17','Bus 12','Piet Vroom',35,'B3',4,4),
(6,'INS','clarinet in case','black','2023-07-08','Tram 4','Leona Rusch',650,'S3',3,1),
(7,'KEY','six keys on a ring',NULL,'2023-09-19','City Library','Kofi Mensah',NULL,'A2',4,3),
(8,'PHN','smartphone in pink cover','white','2023-11-25','Bus 12',NULL,310,'S2',3,NULL),
(9,'TOY','rabbit with one ear','grey','2023-12-09','Central Station','Agata Mroz',5,'A3',1,1),
(10,'UMB','folding umbrella','black','2024-01-15','City Library','Piet Vroom',8,'A1',2,NULL),
(11,'BAG','school bag','red','2024-02-01','Tram 4','Nils Abel',25,'B3',4,NULL),
(12,'BIK','racing bicycle','blue','2024-02-20','Harbour Baths','Agata Mroz',900,'Y1',2,NULL);
INSERT INTO lossReport VALUES
(71,'Marta Ilves','0711-4402','PHN','2023-03-10','Central Station',50,2),
(72,'Roland Quist','0711-8815','WAL','2023-04-20','Tram 9',NULL,3),
(73,'Chen Wei','0712-3300','INS','2023-07-08','Tram 4',100,6),
(74,'Dilara Ates',NULL,'BAG','2023-06-16','Bus 12',NULL,5),
(75,'Roland Quist','0711-8815','UMB','2023-10-03','City Library',NULL,NULL),
(76,'Fabienne Noll','0713-0921','KEY','2023-09-18','City Library',20,7),
(77,'Little Emil Saar','0714-6678','TOY','2023-12-09','Central Station',10,9),
(78,'Hector Blum','0711-2094','BIK','2024-02-19','Harbour Baths',150,NULL),
(79,'Ines Tvedt',NULL,'PHN','2024-03-01','Opera House',75.5,NULL);
INSERT INTO auctionLot VALUES (1,1,'2023-06-24',5,12,'Junk & Joy'),(2,4,'2023-12-16',60,145,'Velo Second'),(3,8,'2024-06-15',90,NULL,NULL),(4,10,'2024-06-15',2,4.5,'Junk & Joy'),(5,11,'2024-06-15',8,11,'Ottokar Beil');
