CREATE TABLE Person (personID INTEGER PRIMARY KEY, firstName TEXT, lastName TEXT, phone TEXT, birthDate DATE, homeTown TEXT);
INSERT INTO Person VALUES
(1,'Arlo','Finch','0551-201','1984-03-02','Wexcombe'),(2,'Bea','Tolliver','0551-202','1991-11-19','Wexcombe'),(3,'Cass','Ingram','0551-203','1999-06-25','Ludstone'),
(4,'Dario','Pell','0551-204','1976-01-13','Ludstone'),(5,'Edda','Vickers','0551-205','2002-09-07','Marrick'),(6,'Fitz','Horrocks','0551-206','1969-08-30','Marrick'),
(7,'Greta','Olsham','0551-207','1958-12-01','Wexcombe'),(8,'Hal','Brennick','0551-208','1987-04-22','Thornby'),(9,'Iona','Crabb',NULL,'1973-10-10','Thornby'),
(10,'Jude','Maskell','0551-210','1995-02-28','Ludstone'),(11,'Kit','Rowntree','0551-211','1981-07-16','Wexcombe'),(12,'Lena','Asper',NULL,'1966-05-05','Marrick');
CREATE TABLE Cleaner (cleanerID INTEGER PRIMARY KEY, personID INTEGER REFERENCES Person(personID), startDate DATE, hourlyRate REAL, maxLadderHeight REAL, trainerID INTEGER REFERENCES Cleaner(cleanerID));
INSERT INTO Cleaner VALUES (1,1,'2010-05-01',24.0,15.0,NULL),(2,2,'2014-08-18',21.5,12.0,1),(3,3,'2020-03-02',18.0,8.0,2),(4,4,'2008-02-11',25.5,20.0,NULL),(5,5,'2023-07-10',15.5,6.0,2),(6,10,'2024-01-08',15.0,5.0,4);
CREATE TABLE Client (clientID INTEGER PRIMARY KEY, personID INTEGER REFERENCES Person(personID), clientSince DATE, discountPercent REAL, recommendedBy INTEGER REFERENCES Client(clientID));
INSERT INTO Client VALUES (1,6,'2015-04-10',10,NULL),(2,7,'2012-09-01',15,NULL),(3,8,'2019-06-06',5,1),(4,9,'2021-02-20',0,2),(5,11,'2022-10-12',0,2),(6,12,'2024-03-15',0,3);
CREATE TABLE Building (buildingID INTEGER PRIMARY KEY, clientID INTEGER REFERENCES Client(clientID), street TEXT, town TEXT, kind TEXT, storeys INTEGER, windowCount INTEGER);
INSERT INTO Building VALUES
(1,1,'4 Almond Row','Marrick','house',2,14),(2,1,'12 Foundry Street','Marrick','office',5,96),(3,2,'The Gables','Wexcombe','house',3,27),
(4,3,'88 Station Parade','Thornby','shop',1,8),(5,3,'90 Station Parade','Thornby','shop',1,11),(6,4,'2 Cedar Close','Thornby','bungalow',1,10),
(7,5,'Corn Exchange','Wexcombe','office',4,72),(8,5,'31 Ferry Lane','Ludstone','house',2,18),(9,6,'7 Hop Kiln Yard','Marrick','house',2,16);
CREATE TABLE Job (jobID INTEGER PRIMARY KEY, buildingID INTEGER REFERENCES Building(buildingID), bookedOn DATE, scheduledFor DATE, finishedOn DATE, price REAL, materialCost REAL, inside BOOLEAN, rating INTEGER);
INSERT INTO Job VALUES
(1,1,'2024-01-04','2024-01-15','2024-01-15',65,6.5,0,4),(2,2,'2024-01-09','2024-01-22','2024-01-24',540,48,1,5),(3,3,'2024-01-30','2024-02-05','2024-02-05',120,11,0,3),
(4,4,'2024-02-02','2024-02-06','2024-02-06',38,3,1,5),(5,5,'2024-02-02','2024-02-06','2024-02-07',45,4,0,4),(6,7,'2024-02-19','2024-03-04','2024-03-06',410,39,1,2),
(7,2,'2024-03-08','2024-03-18','2024-03-19',525,46,1,5),(8,8,'2024-03-11','2024-03-21','2024-03-21',80,7,0,NULL),(9,3,'2024-04-02','2024-04-09','2024-04-10',135,12,1,4),
(10,1,'2024-04-15','2024-04-22','2024-04-22',68,6,0,3),(11,4,'2024-04-29','2024-05-07','2024-05-07',40,3.5,0,5),(12,7,'2024-05-06','2024-05-20',NULL,430,41,1,NULL),(13,2,'2024-05-10','2024-05-27',NULL,550,50,0,NULL);
CREATE TABLE JobCleaner (jobID INTEGER REFERENCES Job(jobID), cleanerID INTEGER REFERENCES Cleaner(cleanerID), hoursWorked REAL, PRIMARY KEY (jobID, cleanerID));
INSERT INTO JobCleaner VALUES (1,2,2.5),(2,1,9),(2,4,10.5),(3,2,3),(3,3,3.5),(4,3,1),(5,3,1.5),(6,4,8),(6,1,7),(7,1,9.5),(7,2,8.5),(8,5,3),(9,2,4),(10,5,2),(11,3,1.2),(12,4,0);
