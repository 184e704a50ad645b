CREATE TABLE region (region_id INTEGER PRIMARY KEY, region_name TEXT);
CREATE TABLE estimator (estimator_id INTEGER PRIMARY KEY, full_name TEXT, region_id INTEGER REFERENCES region(region_id), mentor_id INTEGER REFERENCES estimator(estimator_id), birth_date DATE, joined_on DATE);
CREATE TABLE customer (customer_id INTEGER PRIMARY KEY, customer_name TEXT, town TEXT, region_id INTEGER REFERENCES region(region_id), referred_by INTEGER REFERENCES customer(customer_id));
CREATE TABLE roof_job (job_id INTEGER PRIMARY KEY, title TEXT, customer_id INTEGER REFERENCES customer(customer_id), estimator_id INTEGER REFERENCES estimator(estimator_id), roof_type TEXT, quoted_amount REAL, final_cost REAL, quoted_on DATE, planned_start DATE, actual_start DATE, planned_end DATE, actual_end DATE, under_warranty TEXT, cancelled INTEGER);
CREATE TABLE material (material_id INTEGER PRIMARY KEY, material_name TEXT, unit TEXT, unit_price REAL, discontinued INTEGER);
CREATE TABLE job_material (job_id INTEGER REFERENCES roof_job(job_id), material_id INTEGER REFERENCES material(material_id), quantity INTEGER, PRIMARY KEY (job_id, material_id));
CREATE TABLE payment (payment_id INTEGER PRIMARY KEY, job_id INTEGER REFERENCES roof_job(job_id), amount REAL, late_fee REAL, due_on DATE, paid_on DATE);
INSERT INTO region VALUES (1,'North Vale'),(2,'Coast'),(3,'Old Town'),(4,'Hill Villages');
INSERT INTO estimator VALUES (1,'Greta Lunn',1,NULL,'1971-04-02','2008-03-01'),(2,'Omar Petrides',2,1,'1984-09-17','2015-06-15'),(3,'Hollis Wray',3,1,'1990-01-23','2019-02-04'),(4,'Tamsin Okoro',2,2,'1995-11-08','2021-09-13'),(5,'Dov Marchetti',4,2,'1988-07-30','2022-05-02'),(6,'Bertil Quist',1,NULL,'1979-12-12','2023-10-16');
INSERT INTO customer VALUES (1,'Abbey Close Flats','Sedgeley',1,NULL),(2,'Marius Tolland','Port Erran',2,NULL),(3,'St Blaise School','Port Erran',2,2),(4,'Ines Corrie','Millgate',3,2),(5,'Larch Farm','Upper Thorn',4,1),(6,'Ruddock Bakery','Millgate',3,4),(7,'Priya Dangerfield','Sedgeley',1,NULL),(8,'Harbour Chapel','Gull Bay',2,3),(9,'Otto Vane','Gull Bay',2,NULL),(10,'Thorn Parish Hall','Upper Thorn',4,5);
INSERT INTO roof_job VALUES (1,'Reslate east wing',1,1,'slate',18200,19850,'2022-01-14','2022-03-01','2022-03-01','2022-04-15','2022-04-29','N',0),
(2,'Chimney flashing',2,2,'lead',1450,1380,'2022-02-20','2022-03-21','2022-03-18','2022-03-25','2022-03-23','N',0),
(3,'Gym flat roof',3,2,'flat',26400,31200,'2022-05-09','2022-07-04','2022-07-11','2022-08-19','2022-09-02','Y',0),
(4,'Dormer repair',4,3,'tile',2900,2900,'2022-09-01','2022-10-03','2022-10-03','2022-10-14','2022-10-14','N',0),
(5,'Barn sheeting',5,5,'metal',11700,10950,'2022-11-12','2023-02-06','2023-02-13','2023-03-10','2023-03-08','Y',0),
(6,'Bakery vent and tiles',6,3,'tile',3350,3900,'2023-01-19','2023-03-06','2023-03-06','2023-03-17','2023-03-24','N',0),
(7,'Storm patch',7,1,'tile',780,780,'2023-04-02','2023-04-05','2023-04-04','2023-04-06','2023-04-05','N',0),
(8,'Chapel spire slates',8,4,'slate',22500,NULL,'2023-05-15','2023-08-01','2023-08-21','2023-11-30',NULL,'Y',0),
(9,'Garage flat roof',9,4,'flat',4100,NULL,'2023-06-22','2023-08-14',NULL,'2023-08-25',NULL,'N',1),
(10,'Gutter renewal',2,2,'metal',1900,2050,'2023-09-05','2023-09-25','2023-09-25','2023-09-29','2023-10-02','Y',0),
(11,'Hall roof renewal',10,5,'slate',29800,NULL,'2023-10-10','2024-03-04','2024-03-04','2024-05-31',NULL,'N',0),
(12,'Skylight fitting',4,NULL,'tile',2200,NULL,'2024-01-08','2024-04-15',NULL,'2024-04-19',NULL,'N',0),
(13,'Kitchen wing felt',3,2,'flat',8700,8700,'2024-01-22','2024-02-12','2024-02-12','2024-02-23','2024-02-22','Y',0),
(14,'Ridge repointing',1,NULL,'slate',3600,NULL,'2024-02-18','2024-05-06',NULL,'2024-05-17',NULL,'N',0),
(15,'Porch lead roof',7,1,'lead',1750,NULL,'2024-03-03','2024-03-25','2024-03-27','2024-04-05',NULL,'N',0),
(16,'Oven flue collar',6,NULL,'lead',640,NULL,'2024-03-20','2024-04-08',NULL,'2024-04-09',NULL,'N',1);
INSERT INTO material VALUES (1,'Welsh slate','piece',2.4,0),(2,'Clay tile','piece',1.1,0),(3,'Code 4 lead','metre',31.5,0),(4,'Torch-on felt','roll',46,0),(5,'Box profile sheet','sheet',28,0),(6,'Asbestos-free sheet','sheet',19.5,1),(7,'Copper nail','box',38,0),(8,'Bitumen mastic','tube',6.8,1),(9,'Oak batten','metre',2.9,0);
INSERT INTO job_material VALUES (1,1,4200),(1,7,14),(1,9,600),(2,3,9),(3,4,62),(3,8,20),(4,2,480),(4,9,55),(5,5,140),(5,7,6),(6,2,620),(6,3,4),(7,2,60),(7,8,3),(8,1,5100),(8,7,18),(8,3,22),(10,5,8),(11,1,6900),(11,9,900),(13,4,24),(15,3,14);
INSERT INTO payment VALUES (1,1,9000,0,'2022-03-15','2022-03-14'),(2,1,10850,NULL,'2022-05-29','2022-06-20'),(3,2,1380,0,'2022-04-22','2022-04-22'),(4,3,15000,0,'2022-07-30','2022-07-25'),(5,3,16200,120,'2022-10-02','2022-11-15'),(6,4,2900,0,'2022-11-13','2022-11-02'),(7,5,10950,60,'2023-04-07','2023-05-19'),(8,6,3900,35,'2023-04-23','2023-06-01'),(9,7,780,0,'2023-05-05','2023-04-20'),(10,8,8000,0,'2023-09-20','2023-09-18'),(11,8,7000,NULL,'2023-12-15',NULL),(12,10,2050,25,'2023-11-01',NULL),(13,11,12000,0,'2024-03-18','2024-03-18'),(14,13,8700,NULL,'2024-03-23',NULL),(15,15,500,0,'2024-04-10',NULL);
