CREATE TABLE donor (
  donor_id INTEGER PRIMARY KEY,
  donor_name TEXT,
  donor_kind TEXT,
  town TEXT,
  since_year INTEGER
);
CREATE TABLE foodstuff (
  food_code TEXT PRIMARY KEY,
  label TEXT,
  food_group TEXT,
  kg_per_crate REAL,
  keeps_days INTEGER,
  needs_fridge TEXT
);
CREATE TABLE helper (
  helper_id INTEGER PRIMARY KEY,
  name TEXT,
  age INTEGER,
  town TEXT,
  joined DATE,
  buddy_id INTEGER REFERENCES helper(helper_id)
);
CREATE TABLE donation (
  donation_id INTEGER PRIMARY KEY,
  donor_id INTEGER REFERENCES donor(donor_id),
  food_code TEXT REFERENCES foodstuff(food_code),
  crates INTEGER,
  received DATE,
  best_before DATE,
  checked_by INTEGER REFERENCES helper(helper_id)
);
CREATE TABLE household (
  household_no INTEGER PRIMARY KEY,
  contact_name TEXT,
  adults INTEGER,
  children INTEGER,
  district TEXT,
  registered DATE,
  diet TEXT
);
CREATE TABLE parcel (
  parcel_id INTEGER PRIMARY KEY,
  household_no INTEGER REFERENCES household(household_no),
  packed_by INTEGER REFERENCES helper(helper_id),
  driven_by INTEGER REFERENCES helper(helper_id),
  handed_out DATE,
  weight REAL
);
CREATE TABLE parcel_item (
  parcel_id INTEGER REFERENCES parcel(parcel_id),
  food_code TEXT REFERENCES foodstuff(food_code),
  packs INTEGER,
  PRIMARY KEY (parcel_id, food_code)
);
INSERT INTO donor VALUES
(1,'Greenhalgh Grocers','shop','Wexcombe',2016),
(2,'Mill Lane Bakery','shop','Wexcombe',2018),
(3,'Ashgrove Farm','farm','Pilling Heath',2015),
(4,'Rotary Club Wexcombe','club','Wexcombe',2020),
(5,'Mrs Adeyinka','private','Dunmarsh',2021),
(6,'Tallis Dairy','farm','Dunmarsh',2016),
(7,'Crown Hotel','shop','Pilling Heath',2023);
INSERT INTO foodstuff VALUES
('RIC','rice','dry',12,720,'no'),
('PAS','pasta','dry',10,700,'no'),
('MLK','milk','dairy',14.4,9,'yes'),
('CHE','hard cheese','dairy',8,60,'yes'),
('CAR','carrots','fresh',15,21,'no'),
('POT','potatoes','fresh',20,45,'no'),
('BRD','bread','bakery',6.5,3,'no'),
('BEA','tinned beans','tins',16,1100,'no'),
('TUN','tinned tuna','tins',11.5,1300,'no'),
('EGG','eggs','fresh',9,25,NULL);
INSERT INTO helper VALUES
(1,'Marjorie Tench',68,'Wexcombe','2015-11-02',NULL),
(2,'Devraj Pillai',34,'Dunmarsh','2019-03-18',1),
(3,'Stella Quennell',22,'Wexcombe','2022-10-05',1),
(4,'Hamish Gourlay',57,'Pilling Heath','2017-06-12',NULL),
(5,'Noor Rahmani',29,'Wexcombe','2023-01-23',2),
(6,'Cedric Obi',45,'Dunmarsh','2021-04-30',4),
(7,'Paula Vint',22,NULL,'2024-02-01',3);
INSERT INTO donation VALUES
(1,1,'RIC',10,'2023-11-06','2025-08-31',1),
(2,1,'PAS',8,'2023-11-06','2025-06-30',1),
(3,2,'BRD',12,'2023-11-08','2023-11-11',3),
(4,3,'CAR',15,'2023-11-20','2023-12-10',4),
(5,3,'POT',25,'2023-12-04','2024-01-15',4),
(6,6,'MLK',6,'2023-12-11','2023-12-19',2),
(7,4,'BEA',20,'2023-12-15','2026-11-30',NULL),
(8,6,'CHE',4,'2024-01-08','2024-03-01',2),
(9,2,'BRD',9,'2024-01-10','2024-01-13',3),
(10,5,'TUN',1,'2024-01-17','2027-02-28',5),
(11,1,'BEA',7,'2024-02-05','2026-10-31',1),
(12,3,'EGG',5,'2024-02-19','2024-03-12',6),
(13,4,'RIC',6,'2024-02-26','2025-12-31',1);
INSERT INTO household VALUES
(71,'Fatou Sarr',2,3,'North Quay','2022-05-09','halal'),
(72,'Lenny Brack',1,0,'Old Town','2023-01-16',NULL),
(73,'Oksana Hrytsak',1,2,'North Quay','2022-09-26',NULL),
(74,'Mei Lin Foo',2,1,'Brickfields','2023-08-14','vegetarian'),
(75,'Gary Stubbs',2,0,'Old Town','2021-12-06',NULL),
(76,'Inés Calatrava',1,4,'Brickfields','2023-11-27','gluten free'),
(77,'Tom Ridout',1,0,'North Quay','2024-02-12','vegetarian');
INSERT INTO parcel VALUES
(1,71,3,4,'2023-11-10',21.5),
(2,72,3,2,'2023-11-10',8),
(3,73,5,4,'2023-11-24',15.25),
(4,75,1,6,'2023-12-08',11),
(5,71,5,4,'2023-12-22',24),
(6,74,3,6,'2024-01-12',14.5),
(7,76,1,2,'2024-01-12',19),
(8,73,5,4,'2024-01-26',16),
(9,71,7,NULL,'2024-02-09',20),
(10,76,4,2,'2024-02-23',18.75);
INSERT INTO parcel_item VALUES
(1,'RIC',3),(1,'BRD',2),(2,'PAS',2),(2,'BRD',1),(3,'CAR',4),(3,'RIC',2),(4,'BEA',5),(4,'POT',2),(5,'RIC',4),(5,'MLK',4),(5,'CAR',3),(6,'POT',3),(6,'CHE',1),(7,'RIC',3),(7,'POT',2),(8,'BEA',6),(8,'TUN',2),(9,'BEA',4),(9,'PAS',3),(10,'RIC',4);
