CREATE TABLE GameMasters (
  GmId INTEGER PRIMARY KEY,
  GmName TEXT,
  GmPay REAL,
  GmSince DATE,
  GmMentor INTEGER REFERENCES GameMasters(GmId)
);
CREATE TABLE Rooms (
  RoomId INTEGER PRIMARY KEY,
  RoomTitle TEXT,
  RoomTheme TEXT,
  Difficulty INTEGER,
  MinPlayers INTEGER,
  MaxPlayers INTEGER,
  TimeLimit INTEGER,
  OpenedOn DATE,
  SequelOf INTEGER REFERENCES Rooms(RoomId)
);
CREATE TABLE Teams (
  TeamId INTEGER PRIMARY KEY,
  TeamName TEXT,
  CaptainName TEXT,
  HomeCity TEXT,
  Email TEXT
);
CREATE TABLE Bookings (
  BookingId INTEGER PRIMARY KEY,
  RoomId INTEGER REFERENCES Rooms(RoomId),
  TeamId INTEGER REFERENCES Teams(TeamId),
  PlayDate DATE,
  StartHour INTEGER,
  Players INTEGER,
  Paid REAL,
  HostId INTEGER REFERENCES GameMasters(GmId),
  ResetById INTEGER REFERENCES GameMasters(GmId)
);
CREATE TABLE Outcomes (
  BookingId INTEGER PRIMARY KEY REFERENCES Bookings(BookingId),
  Escaped TEXT,
  MinutesTaken INTEGER,
  HintsUsed INTEGER,
  Stars INTEGER
);
CREATE TABLE Props (
  PropId INTEGER PRIMARY KEY,
  RoomId INTEGER REFERENCES Rooms(RoomId),
  PropName TEXT,
  Cost REAL,
  BoughtOn DATE,
  TimesBroken INTEGER
);
INSERT INTO GameMasters VALUES (1,'Zelda Krause',19.5,'2017-04-01',NULL),(2,'Benny Aslan',16,'2019-09-12',1),(3,'Marisol Vane',16,'2021-02-20',1),(4,'Ketil Borg',14.25,'2023-06-05',3),(5,'Dot Hemsworth',13.5,'2024-01-08',2);
INSERT INTO Rooms VALUES
(1,'The Clockmaker','mystery',3,2,5,60,'2017-05-06',NULL),(2,'Submarine 13','adventure',4,3,6,75,'2018-10-20',NULL),(3,'Granny''s Attic','family',1,2,8,50,'2019-03-30',NULL),(4,'Clockmaker''s Revenge','mystery',5,3,6,70,'2021-11-13',1),(5,'Cursed Bakery','horror',4,2,4,60,'2022-10-31',NULL),(6,'Zero Gravity','sci-fi',3,2,6,60,NULL,NULL);
INSERT INTO Teams VALUES (1,'Red Herrings','Olga Finn','Marlstadt','olga@herring.io'),(2,'Lock Nest Monsters','Dev Anand Rao','Brückwell',NULL),(3,'Four Keys','Ulla Brink','Marlstadt','ulla@fourkeys.se'),(4,'The Accountants','Perry Dunn','Eastholt','perry@ledger.biz'),(5,'Muddled','Sofia Reiss','Brückwell','sofia@muddled.net'),(6,'Birthday Bunch','Nina Pauls','Eastholt',NULL),(7,'Night Shift','Abel Mwangi','Marlstadt','abel@nightshift.org');
INSERT INTO Bookings VALUES
(1,1,1,'2023-02-11',14,4,112,1,2),(2,2,1,'2023-05-20',16,5,150,2,2),(3,3,6,'2023-06-03',10,8,160,3,4),(4,1,4,'2023-09-15',19,5,140,1,3),(5,4,1,'2023-11-04',18,4,128,1,1),(6,5,2,'2023-10-31',21,4,124,4,NULL),(7,4,3,'2024-01-19',20,3,99,2,4),(8,2,5,'2024-02-03',15,6,168,3,5),(9,3,5,'2024-02-03',11,6,120,5,5),(10,1,3,'2024-03-09',17,2,70,4,2),(11,5,4,'2024-03-16',20,3,NULL,2,4);
INSERT INTO Outcomes VALUES (1,'yes',52,2,5),(2,'yes',71,4,4),(3,'yes',38,6,5),(4,'no',60,9,2),(5,'yes',69,1,5),(6,'no',60,5,4),(7,'no',70,7,3),(8,'yes',74,8,4),(9,'yes',31,0,4),(10,'yes',44,3,NULL);
INSERT INTO Props VALUES (1,1,'grandfather clock',640,'2017-03-02',1),(2,1,'brass key set',38.5,'2017-04-11',6),(3,2,'periscope',890,'2018-08-15',2),(4,2,'depth gauge',120,'2018-08-15',4),(5,3,'music box',75,'2019-02-01',3),(6,4,'talking clock',410,'2021-09-09',0),(7,5,'fake oven',980,'2022-08-27',5),(8,3,'rocking chair',60,'2019-02-18',NULL);
