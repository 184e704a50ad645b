CREATE TABLE league_club (
  club_code TEXT PRIMARY KEY,
  club_name TEXT,
  town TEXT,
  founded INTEGER,
  annual_fee REAL
);
CREATE TABLE league_player (
  player_no INTEGER PRIMARY KEY,
  player_name TEXT,
  birth_year INTEGER,
  title TEXT,
  rating INTEGER,
  peak_rating INTEGER,
  club_code TEXT REFERENCES league_club(club_code),
  coach_no INTEGER REFERENCES league_player(player_no)
);
CREATE TABLE opening (
  eco TEXT PRIMARY KEY,
  opening_name TEXT,
  family TEXT
);
CREATE TABLE fixture (
  fixture_no INTEGER PRIMARY KEY,
  round_no INTEGER,
  played_on DATE,
  home_club TEXT REFERENCES league_club(club_code),
  away_club TEXT REFERENCES league_club(club_code),
  venue TEXT
);
CREATE TABLE board_game (
  game_no INTEGER PRIMARY KEY,
  fixture_no INTEGER REFERENCES fixture(fixture_no),
  board INTEGER,
  white_no INTEGER REFERENCES league_player(player_no),
  black_no INTEGER REFERENCES league_player(player_no),
  eco TEXT REFERENCES opening(eco),
  moves INTEGER,
  minutes INTEGER,
  result TEXT
);
INSERT INTO league_club VALUES
('BIS','Bishop''s Corner','Wenlow',1921,45),('ROK','Rookery','Stanmere',1956,38),('ZUG','Zugzwang 88','Wenlow',1988,30),('PAS','En Passant','Lower Ditton',2004,25.5),('KNI','Knightfall','Harle',2022,NULL);
INSERT INTO league_player VALUES
(1,'Vasil Petkov',1961,'IM',2310,2455,'BIS',NULL),
(2,'Gudrun Aspel',1983,'FM',2245,2290,'BIS',1),
(3,'Nathaniel Crewe',2006,NULL,2080,2095,'BIS',1),
(4,'Minh Anh Le',1994,'FM',2280,2301,'ROK',NULL),
(5,'Oswin Tarleton',1949,NULL,1790,2120,'ROK',NULL),
(6,'Sanna Wiik',1999,'WIM',2195,2230,'ROK',4),
(7,'Hamza Idrissi',1988,'IM',2402,2438,'ZUG',NULL),
(8,'Petra Kowal',2009,NULL,1875,1875,'ZUG',7),
(9,'Lionel Frayne',1977,NULL,1990,2060,'ZUG',NULL),
(10,'Chiamaka Eze',2002,'WFM',2110,2144,'PAS',7),
(11,'Rudy Vandervoort',1970,NULL,1845,1980,'PAS',NULL),
(12,'Jun Takeda',2011,NULL,1620,1640,'PAS',10);
INSERT INTO opening VALUES ('B90','Najdorf','Sicilian'),('B33','Sveshnikov','Sicilian'),('C65','Berlin Wall','Spanish'),('D37','Queen''s Gambit','closed'),('E60','Fianchetto','Indian'),('A45','Trompowsky','closed'),('C11','Classical French','French'),('A00','Grob Attack','flank');
INSERT INTO fixture VALUES
(1,1,'2023-10-07','BIS','ROK','Corn Exchange'),(2,1,'2023-10-08','ZUG','PAS','Cafe Tempo'),(3,2,'2023-11-18','ROK','ZUG','Stanmere Library'),(4,2,'2023-11-19','PAS','BIS','Ditton Hall'),(5,3,'2024-01-13','BIS','ZUG','Corn Exchange'),(6,3,'2024-01-14','ROK','PAS','Stanmere Library'),(7,4,'2024-03-02','PAS','ZUG',NULL);
INSERT INTO board_game VALUES
(1,1,1,1,4,'C65',58,255,'draw'),(2,1,2,6,2,'B90',34,190,'white'),(3,1,3,3,5,'D37',27,110,'white'),
(4,2,1,7,10,'B33',41,210,'white'),(5,2,2,11,9,'D37',62,265,'black'),(6,2,3,8,12,'C11',23,95,'white'),
(7,3,1,4,7,'E60',77,301,'black'),(8,3,2,9,6,'B90',30,150,'draw'),
(9,4,1,10,1,'D37',39,205,'white'),(10,4,2,2,11,'C65',25,120,'white'),
(11,5,1,1,7,'A45',19,80,'draw'),(12,5,2,9,2,'B90',48,230,'black'),(13,5,3,3,8,'C11',33,140,'draw'),
(14,6,1,4,10,'E60',52,240,'white'),(15,6,2,5,11,'D37',44,NULL,'draw');
