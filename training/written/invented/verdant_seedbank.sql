CREATE TABLE plant_family (fam_id INTEGER PRIMARY KEY, fam_name TEXT, common_name TEXT);
CREATE TABLE species (
  sp_id INTEGER PRIMARY KEY,
  latin TEXT,
  english TEXT,
  fam_id INTEGER REFERENCES plant_family(fam_id),
  status TEXT,
  max_height_cm INTEGER
);
CREATE TABLE collector (
  col_id INTEGER PRIMARY KEY,
  col_name TEXT,
  institute TEXT,
  country TEXT,
  first_trip INTEGER
);
CREATE TABLE vault (vault_no INTEGER PRIMARY KEY, floor_level INTEGER, temp_c INTEGER, shelves INTEGER, keeper TEXT);
CREATE TABLE accession (
  acc_no TEXT PRIMARY KEY,
  sp_id INTEGER REFERENCES species(sp_id),
  col_id INTEGER REFERENCES collector(col_id),
  gathered DATE,
  stored DATE,
  place TEXT,
  altitude INTEGER,
  seeds INTEGER,
  vault_no INTEGER REFERENCES vault(vault_no),
  duplicate_of TEXT REFERENCES accession(acc_no)
);
CREATE TABLE germination_test (
  gt_id INTEGER PRIMARY KEY,
  acc_no TEXT REFERENCES accession(acc_no),
  tested DATE,
  sown INTEGER,
  sprouted INTEGER,
  technician TEXT
);
CREATE TABLE seed_request (
  rq_id INTEGER PRIMARY KEY,
  acc_no TEXT REFERENCES accession(acc_no),
  requested DATE,
  shipped DATE,
  garden TEXT,
  seeds INTEGER,
  postage DECIMAL
);
INSERT INTO plant_family VALUES (1,'Asteraceae','daisies'),(2,'Fabaceae','peas'),(3,'Poaceae','grasses'),(4,'Orchidaceae','orchids'),(5,'Papaveraceae','poppies');
INSERT INTO species VALUES (1,'Lathyrus montorum','hill vetchling',2,'rare',60),(2,'Papaver glaciale','ice poppy',5,'endangered',25),(3,'Festuca borealis','northern fescue',3,'common',45),(4,'Leontodon aureus','golden hawkbit',1,'common',35),(5,'Orchis velata','veiled orchid',4,'endangered',40),(6,'Vicia lacustris','lake vetch',2,'rare',110),(7,'Stipa ventosa','wind grass',3,'common',130),(8,'Centaurea tristis','sad knapweed',1,'extinct in wild',NULL);
INSERT INTO collector VALUES (1,'Astrid Koller','Alpine Garden Brenn','Austria',1994),(2,'Bola Adewale','Ibis University','Nigeria',2008),(3,'Camille Dufour','Institut Vert','France',2001),(4,'Dr Hugh Penrose','Verdant Seed Bank','Scotland',1987),(5,'Eerika Salo','Verdant Seed Bank','Finland',2016),(6,'Farid Nouri','Atlas Herbarium','Morocco',2019);
INSERT INTO vault VALUES (1,-1,-18,240,'Moira Laing'),(2,-1,-18,180,'Moira Laing'),(3,-2,-20,320,'Cedric Boon'),(4,0,4,60,'Cedric Boon'),(5,-2,-196,12,NULL);
INSERT INTO accession VALUES
('V-0101',1,1,'2012-08-14','2012-10-01','Brennkogel',2150,1400,1,NULL),('V-0102',2,1,'2015-07-30','2015-09-11','Brennkogel',2780,320,3,NULL),('V-0103',3,4,'2009-09-02','2009-09-20','Glen Orrin',640,8800,1,NULL),('V-0104',4,3,'2018-06-25','2018-08-03','Col de Serre',1480,5200,2,NULL),('V-0105',5,3,'2020-07-11','2020-08-01','Vallon Noir',1120,95,5,NULL),('V-0106',6,5,'2019-08-20','2019-10-15','Lake Kuusi',140,760,1,NULL),('V-0107',7,6,'2022-06-09','2022-07-19','Tizi Ahmar',1900,12000,2,NULL),('V-0108',8,4,'1998-07-18','1998-10-30','Isle of Murrin',20,48,3,NULL),('V-0109',3,5,'2021-08-29','2021-09-30','Salla Fell',410,6400,4,NULL),('V-0110',2,1,'2015-07-30','2016-01-20','Brennkogel',2780,60,5,'V-0102'),('V-0111',1,4,'2023-08-05','2023-09-14','Ben Corrach',910,2100,NULL,NULL);
INSERT INTO germination_test VALUES (1,'V-0101','2017-03-06',50,41,'Tilly Marr'),(2,'V-0101','2022-03-07',50,38,'Joe Quist'),(3,'V-0102','2020-02-10',20,6,'Tilly Marr'),(4,'V-0103','2014-04-01',100,93,'Tilly Marr'),(5,'V-0103','2019-04-02',100,88,'Joe Quist'),(6,'V-0104','2023-03-20',80,72,'Joe Quist'),(7,'V-0106','2024-03-11',40,22,'Amma Boadi'),(8,'V-0107','2023-05-15',100,64,'Amma Boadi'),(9,'V-0108','2018-05-05',10,1,'Tilly Marr'),(10,'V-0109','2024-03-13',80,75,'Amma Boadi');
INSERT INTO seed_request VALUES (1,'V-0103','2023-01-18','2023-02-01','Kelder Botanic Garden',200,14.5),(2,'V-0101','2023-02-22','2023-03-10','Jardin de Lune',50,18.0),(3,'V-0107','2023-03-05','2023-03-21','Kelder Botanic Garden',300,14.5),(4,'V-0104','2023-10-12',NULL,'Orto Bellandi',100,NULL),(5,'V-0108','2024-01-30',NULL,'Murrin Heritage Trust',10,NULL),(6,'V-0103','2024-02-14','2024-03-01','Orto Bellandi',150,21.0),(7,'V-0106','2024-03-22','2024-04-09','Jardin de Lune',40,18.5),(8,'V-0104','2024-03-28','2024-04-15','Kelder Botanic Garden',120,15.0);
