CREATE TABLE People (
  PersonID INTEGER PRIMARY KEY,
  PersonName TEXT,
  Nation TEXT,
  BornOn DATE,
  Role TEXT
);
CREATE TABLE Films (
  FilmID INTEGER PRIMARY KEY,
  OriginalTitle TEXT,
  EnglishTitle TEXT,
  DirectorID INTEGER REFERENCES People(PersonID),
  WriterID INTEGER REFERENCES People(PersonID),
  Nation TEXT,
  Minutes INTEGER,
  Section TEXT,
  Budget REAL,
  SubmittedOn DATE
);
CREATE TABLE Cinemas (
  CinemaID INTEGER PRIMARY KEY,
  CinemaName TEXT,
  Street TEXT,
  Seats INTEGER,
  RentPerDay INTEGER
);
CREATE TABLE Showings (
  ShowingID INTEGER PRIMARY KEY,
  FilmID INTEGER REFERENCES Films(FilmID),
  CinemaID INTEGER REFERENCES Cinemas(CinemaID),
  ShownOn DATE,
  Hour INTEGER,
  TicketPrice REAL,
  TicketsSold INTEGER,
  ModeratorID INTEGER REFERENCES People(PersonID)
);
CREATE TABLE JuryVotes (
  JurorID INTEGER REFERENCES People(PersonID),
  FilmID INTEGER REFERENCES Films(FilmID),
  Points INTEGER,
  PRIMARY KEY (JurorID, FilmID)
);
CREATE TABLE Prizes (
  PrizeID INTEGER PRIMARY KEY,
  PrizeName TEXT,
  FilmID INTEGER REFERENCES Films(FilmID),
  Sum INTEGER,
  Sponsor TEXT
);
INSERT INTO People VALUES
(1,'Maarit Ollila','Finland','1976-03-14','director'),(2,'Davide Pontecorvo','Italy','1983-09-22','director'),(3,'Thandi Zulu','South Africa','1990-12-01','director'),(4,'Egon Wiese','Austria','1959-05-07','writer'),(5,'Carmen Ybarra','Mexico','1988-08-18','director'),(6,'Lotte Fennimore','Ireland','1971-01-29','juror'),(7,'Hiroto Maeda','Japan','1964-10-10','juror'),(8,'Zuzana Blaha','Austria','1995-06-25','moderator'),(9,'Oskar Lunde','Norway','1998-02-02','moderator'),(10,'Pia Sorvali','Finland',NULL,'juror');
INSERT INTO Films VALUES
(1,'Jään alla','Under the Ice',1,1,'Finland',104,'feature',1.9,'2023-11-02'),(2,'La casa obliqua','The Slanted House',2,4,'Italy',121,'feature',3.4,'2023-10-15'),(3,'Dust Choir','Dust Choir',3,3,'South Africa',88,'documentary',0.6,'2023-12-20'),(4,'Diecinueve palomas','Nineteen Pigeons',5,4,'Mexico',97,'feature',1.2,'2023-11-28'),(5,'Torpparin koira','The Crofter''s Dog',1,4,'Finland',22,'short',0.1,'2024-01-05'),(6,'Lampo','Lightning',2,2,'Italy',14,'short',NULL,'2023-12-02'),(7,'Kiln','Kiln',3,NULL,'South Africa',61,'documentary',0.3,'2024-01-09'),(8,'Sal y ceniza','Salt and Ash',5,5,'Mexico',133,'feature',2.7,'2023-09-30');
INSERT INTO Cinemas VALUES (1,'Polar','Quay Street',310,900),(2,'Bio Saga','Mill Street',142,420),(3,'Studio Lykta','Mill Street',64,180),(4,'Open Air','Castle Park',600,NULL);
INSERT INTO Showings VALUES
(1,1,1,'2024-04-12',19,12.5,298,8),(2,2,1,'2024-04-13',20,12.5,241,9),(3,3,2,'2024-04-13',16,9,88,8),(4,4,2,'2024-04-14',18,10,142,9),(5,5,3,'2024-04-14',14,6,51,NULL),(6,6,3,'2024-04-14',15,6,39,NULL),(7,1,2,'2024-04-15',21,10,117,8),(8,3,3,'2024-04-16',17,8,64,8),(9,2,2,'2024-04-17',18,10,97,9),(10,4,1,'2024-04-18',20,12.5,187,6),(11,7,3,'2024-04-18',16,8,22,8);
INSERT INTO JuryVotes VALUES (6,1,9),(6,2,6),(6,3,8),(6,4,7),(7,1,8),(7,2,8),(7,3,10),(7,4,5),(10,1,7),(10,3,9),(10,5,9),(6,5,6);
INSERT INTO Prizes VALUES (1,'Golden Lantern',1,20000,'City of Northlight'),(2,'Best Documentary',3,8000,'Lyra Foundation'),(3,'Audience Prize',4,5000,'Radio Fjord'),(4,'Short Spark',5,2500,'Lyra Foundation'),(5,'Silver Lantern',3,10000,'City of Northlight'),(6,'Youth Prize',NULL,1000,NULL);
