CREATE TABLE AH_Person (
  PersonNo INTEGER PRIMARY KEY,
  FullNm TEXT,
  Town TEXT,
  Country TEXT,
  RegDate DATE,
  IntroducedBy INTEGER REFERENCES AH_Person(PersonNo)
);
CREATE TABLE AH_Expert (
  ExpertNo INTEGER PRIMARY KEY,
  ExpertNm TEXT,
  Field TEXT,
  HireDate DATE,
  Salary INTEGER
);
CREATE TABLE AH_Sale (
  SaleNo INTEGER PRIMARY KEY,
  SaleTitle TEXT,
  SaleDate DATE,
  Room TEXT,
  PremiumPct REAL,
  AuctioneerNo INTEGER REFERENCES AH_Expert(ExpertNo)
);
CREATE TABLE AH_Lot (
  LotNo INTEGER PRIMARY KEY,
  SaleNo INTEGER REFERENCES AH_Sale(SaleNo),
  LotTitle TEXT,
  Kind TEXT,
  MadeYear INTEGER,
  SellerNo INTEGER REFERENCES AH_Person(PersonNo),
  BuyerNo INTEGER REFERENCES AH_Person(PersonNo),
  LowEst INTEGER,
  HighEst INTEGER,
  HammerPrice INTEGER,
  ExpertNo INTEGER REFERENCES AH_Expert(ExpertNo)
);
CREATE TABLE AH_Bid (
  BidNo INTEGER PRIMARY KEY,
  LotNo INTEGER REFERENCES AH_Lot(LotNo),
  BidderNo INTEGER REFERENCES AH_Person(PersonNo),
  BidAmount INTEGER,
  Channel TEXT
);
INSERT INTO AH_Person VALUES (1,'Countess Orsola Vieri','Lucignano','Italy','2005-03-12',NULL),(2,'Mr T. Blenkinsop','Harrogate Vale','England','2011-09-30',NULL),(3,'Galerie Sandoz','Montreuse','Switzerland','2009-01-18',1),(4,'Dr Aki Lehto','Turma','Finland','2017-06-06',3),(5,'Estate of Ruby Pell','Harrogate Vale','England','2022-11-21',2),(6,'Zara Mbeki','Capeview','South Africa','2021-02-14',4),(7,'Old Anchor Antiques','Port Selby','England','2014-08-08',2),(8,'Jules Perrin','Montreuse','Switzerland','2024-01-31',3);
INSERT INTO AH_Expert VALUES (1,'Philippa Garrod','silver','1999-04-05',72000),(2,'Anton Weiss','clocks','2008-10-20',61500),(3,'Sabrina Coyle','furniture','2015-02-02',52800),(4,'Kwame Adjei','ceramics','2021-07-19',44100),(5,'Lotte Maas','paintings',NULL,58300);
INSERT INTO AH_Sale VALUES (1,'Spring Silver','2023-03-25','Red Room',22,1),(2,'Time and Tide','2023-06-17','Long Gallery',22,2),(3,'Country House Contents','2023-10-14','Marquee',24.5,1),(4,'Winter Ceramics','2024-01-27','Red Room',24.5,4),(5,'Spring Silver','2024-03-23','Red Room',25,1);
INSERT INTO AH_Lot VALUES
(101,1,'George II coffee pot','silver',1738,5,3,2500,3500,4200,1),(102,1,'Pair of swan salts','silver',1871,1,2,600,900,850,1),(103,1,'Apostle spoon','silver',1624,2,NULL,1800,2400,NULL,1),(201,2,'Harbour master''s regulator','clock',1802,7,4,7000,9000,11500,2),(202,2,'Brass ship chronometer','clock',1855,7,3,3000,4500,3900,2),(203,2,'Cuckoo clock with owl','clock',1921,5,6,150,250,610,2),(301,3,'Walnut tallboy','furniture',1725,5,7,4000,6000,3600,3),(302,3,'Portrait of a spaniel','painting',1843,5,6,1200,1800,5400,5),(303,3,'Rocking horse','toy',1890,5,4,300,500,480,3),(401,4,'Blue heron vase','ceramics',1768,1,8,9000,12000,14800,4),(402,4,'Cabbage tureen','ceramics',1755,3,7,2000,3000,2700,4),(403,4,'Tile stove panel','ceramics',1690,4,NULL,800,1200,NULL,4),(501,5,'Sugar castor','silver',1752,2,8,400,600,720,1),(502,5,'Silver pomander','silver',1650,1,3,5000,7000,NULL,1);
INSERT INTO AH_Bid VALUES (1,101,3,4200,'phone'),(2,101,2,4000,'room'),(3,102,2,850,'room'),(4,201,4,11500,'online'),(5,201,3,11000,'phone'),(6,201,7,9500,'room'),(7,203,6,610,'online'),(8,302,6,5400,'online'),(9,302,4,5200,'online'),(10,401,8,14800,'phone'),(11,401,3,14500,'room'),(12,501,8,720,'online'),(13,103,7,1500,'room'),(14,402,7,2700,'room');
