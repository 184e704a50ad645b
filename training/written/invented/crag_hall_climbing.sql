CREATE TABLE Wall (
  wall_code TEXT PRIMARY KEY,
  wall_title TEXT,
  height_m DECIMAL,
  angle TEXT
);
CREATE TABLE Setter (
  setter_id INTEGER PRIMARY KEY,
  setter TEXT,
  nationality TEXT,
  day_pay INTEGER,
  since DATE,
  mentor INTEGER REFERENCES Setter(setter_id)
);
CREATE TABLE Line (
  line_id INTEGER PRIMARY KEY,
  line_title TEXT,
  wall_code TEXT REFERENCES Wall(wall_code),
  setter_id INTEGER REFERENCES Setter(setter_id),
  level INTEGER,
  colour TEXT,
  set_on DATE,
  stripped_on DATE
);
CREATE TABLE Climber (
  climber_id INTEGER PRIMARY KEY,
  climber TEXT,
  birth DATE,
  pass TEXT,
  weight_kg DECIMAL,
  partner_id INTEGER REFERENCES Climber(climber_id)
);
CREATE TABLE Visit (
  visit_id INTEGER PRIMARY KEY,
  climber_id INTEGER REFERENCES Climber(climber_id),
  visit_day DATE,
  hours DECIMAL,
  entry_fee DECIMAL
);
CREATE TABLE Attempt (
  attempt_id INTEGER PRIMARY KEY,
  visit_id INTEGER REFERENCES Visit(visit_id),
  line_id INTEGER REFERENCES Line(line_id),
  tries INTEGER,
  outcome TEXT
);
CREATE TABLE Loan (
  loan_id INTEGER PRIMARY KEY,
  visit_id INTEGER REFERENCES Visit(visit_id),
  item TEXT,
  shoe_size INTEGER,
  charge DECIMAL
);
INSERT INTO Wall VALUES ('N','The Nose',14.5,'overhang'),('S','Slab Street',9.0,'slab'),('C','The Cave',4.2,'roof'),('K','Kids Corner',3.0,'vertical'),('T','Tower',18.0,'vertical');
INSERT INTO Setter VALUES (1,'Bo Lindgren','Swedish',180,'2014-03-01',NULL),(2,'Marisol Quiroga','Argentine',165,'2017-06-12',1),(3,'Fergus Tait','Scottish',150,'2020-09-01',1),(4,'Yuna Choi','Korean',140,'2022-01-17',2),(5,'Lasse Holm','Danish',NULL,'2024-02-05',3);
INSERT INTO Line VALUES
(1,'Butter Fingers','N',1,7,'yellow','2023-01-09',NULL),(2,'Grandma''s Staircase','K',3,2,'green','2023-02-20',NULL),(3,'Bat Country','C',2,8,'black','2023-03-06','2023-11-30'),(4,'Slow Dance','S',2,5,'blue','2023-03-13',NULL),(5,'Tower of Babble','T',1,6,'red','2023-06-19',NULL),(6,'Pocket Rocket','C',4,6,'yellow','2023-09-04',NULL),(7,'Long Way Up','T',3,4,'green','2023-09-11','2024-03-01'),(8,'Marzipan','S',4,3,'pink','2024-01-15',NULL),(9,'Iron Lung','N',1,9,'black','2024-02-26',NULL),(10,'Friction Fiction','S',2,6,NULL,'2024-03-11',NULL);
INSERT INTO Climber VALUES (1,'Tess Okafor','1994-02-11','annual',58.5,2),(2,'Jonah Pike','1991-10-05','annual',74.0,1),(3,'Wren Castell','2008-08-18','junior',46.2,NULL),(4,'Hamid Sorour','1979-04-24','day',81.3,5),(5,'Elke Brandt','1983-12-30','monthly',63.0,4),(6,'Perry Lund','2010-05-09','junior',NULL,NULL),(7,'Anouk Fabre','1999-07-21','monthly',55.8,NULL),(8,'Stan Mulgrew','1962-01-03','day',88.9,NULL);
INSERT INTO Visit VALUES (1,1,'2023-03-18',2.5,0),(2,2,'2023-03-18',2.5,0),(3,3,'2023-03-25',1.5,6.5),(4,4,'2023-07-02',3.0,14.0),(5,5,'2023-07-02',3.0,0),(6,1,'2023-10-10',4.0,0),(7,6,'2023-10-14',1.0,6.5),(8,8,'2023-12-28',1.5,12.5),(9,7,'2024-03-02',2.0,0),(10,3,'2024-03-09',2.0,7.0),(11,1,'2024-03-16',3.5,0),(12,4,'2024-03-17',2.0,15.0);
INSERT INTO Attempt VALUES (1,1,1,3,'topped'),(2,1,3,6,'fell'),(3,2,1,4,'fell'),(4,3,2,1,'topped'),(5,4,5,2,'topped'),(6,5,4,1,'topped'),(7,6,6,2,'topped'),(8,6,3,5,'topped'),(9,7,2,2,'topped'),(10,8,7,3,'fell'),(11,9,8,1,'topped'),(12,10,4,4,'fell'),(13,11,9,8,'fell'),(14,12,5,1,'topped'),(15,2,4,1,'topped'),(16,5,5,3,'fell');
INSERT INTO Loan VALUES (1,3,'shoes',36,3.5),(2,3,'harness',NULL,2.5),(3,4,'shoes',43,3.5),(4,7,'shoes',34,3.5),(5,8,'shoes',45,3.5),(6,8,'harness',NULL,2.5),(7,8,'chalk bag',NULL,1.0),(8,10,'harness',NULL,3.0),(9,12,'chalk bag',NULL,1.5),(10,9,'shoes',38,4.0);
