CREATE TABLE pln_planner (
  planner_id INTEGER PRIMARY KEY,
  planner_nm TEXT,
  office_city TEXT,
  start_dt DATE,
  fee_pct REAL,
  lead_id INTEGER REFERENCES pln_planner(planner_id)
);
CREATE TABLE pln_couple (
  couple_id INTEGER PRIMARY KEY,
  bride_or_first TEXT,
  groom_or_second TEXT,
  city TEXT,
  budget INTEGER,
  signed_dt DATE
);
CREATE TABLE pln_venue (
  venue_id INTEGER PRIMARY KEY,
  venue_nm TEXT,
  city TEXT,
  style TEXT,
  max_guests INTEGER,
  day_price INTEGER
);
CREATE TABLE pln_wedding (
  wed_id INTEGER PRIMARY KEY,
  couple_id INTEGER REFERENCES pln_couple(couple_id),
  ceremony_venue INTEGER REFERENCES pln_venue(venue_id),
  party_venue INTEGER REFERENCES pln_venue(venue_id),
  planner_id INTEGER REFERENCES pln_planner(planner_id),
  wed_dt DATE,
  guests INTEGER,
  rating INTEGER
);
CREATE TABLE pln_supplier (
  sup_id INTEGER PRIMARY KEY,
  sup_nm TEXT,
  trade TEXT,
  city TEXT,
  since_yr INTEGER
);
CREATE TABLE pln_service (
  wed_id INTEGER REFERENCES pln_wedding(wed_id),
  sup_id INTEGER REFERENCES pln_supplier(sup_id),
  item TEXT,
  quoted REAL,
  invoiced REAL,
  PRIMARY KEY (wed_id, sup_id)
);
INSERT INTO pln_planner VALUES (1,'Octavia Regal','Lindau Bay','2009-02-14',12,NULL),(2,'Fabian Holloway','Lindau Bay','2016-05-02',10,1),(3,'Mei-Ling Castro','Portwell','2018-09-17',10,1),(4,'Jasper Nkemelu','Portwell','2022-01-10',8.5,3),(5,'Heidi Brunner',NULL,'2024-03-01',8,2);
INSERT INTO pln_couple VALUES (1,'Amelia Stroud','Rafe Oduya','Portwell',32000,'2022-06-11'),(2,'Lena Vogt','Carla Mendez','Lindau Bay',18500,'2022-09-03'),(3,'Soraya Amini','Tom Becket','Lindau Bay',54000,'2022-11-20'),(4,'Wendy Lau','Piotr Zielak','Castle Mere',27000,'2023-04-16'),(5,'Grace Ilunga','Mark Tidy','Portwell',12000,'2023-08-08'),(6,'Owen Hart','Luis Prieto','Castle Mere',40500,'2023-10-30'),(7,'Bianca Rossum','Felix Auer','Portwell',NULL,'2024-02-19');
INSERT INTO pln_venue VALUES (1,'Chapel of the Rocks','Lindau Bay','church',90,600),(2,'Villa Clementina','Lindau Bay','garden',180,4200),(3,'Old Customs House','Portwell','industrial',220,3100),(4,'Castle Mere Hall','Castle Mere','castle',140,5200),(5,'Registry Office Portwell','Portwell','office',40,150),(6,'The Glasshouse','Portwell','garden',110,2750);
INSERT INTO pln_wedding VALUES (1,1,5,3,3,'2023-05-20',130,5),(2,2,1,2,2,'2023-06-10',70,4),(3,3,2,2,1,'2023-09-02',175,5),(4,4,4,4,1,'2024-05-11',95,4),(5,5,5,6,4,'2024-04-06',38,3),(6,6,1,4,2,'2024-06-22',120,NULL);
INSERT INTO pln_supplier VALUES (1,'Bloom & Thorn','flowers','Lindau Bay',2011),(2,'Sugar Spire','cake','Portwell',2015),(3,'DJ Marlowe','music','Portwell',2019),(4,'Quartetto Brezza','music','Lindau Bay',2012),(5,'Silver Shutter','photos','Castle Mere',2010),(6,'Feast Brothers','catering','Portwell',2009),(7,'Dove Cote','doves','Castle Mere',2021);
INSERT INTO pln_service VALUES (1,2,'three-tier lemon cake',540,540),(1,3,'evening set',700,820),(1,6,'buffet for 130',6900,7150),(2,1,'wild bouquets',880,865),(2,4,'ceremony music',950,950),(3,1,'rose arch',2600,2950.5),(3,4,'dinner music',1400,1400),(3,5,'two photographers',3200,3200),(3,6,'five course dinner',15700,16200),(4,5,'album',1900,1900),(4,2,'fig cake',620,655),(5,2,'small cake',210,210),(6,5,'drone film',2400,NULL),(6,1,'ivy tables',1500,NULL);
