CREATE TABLE employees (employee_id INTEGER PRIMARY KEY, full_name TEXT, job TEXT, hired_on DATE, birth_date DATE, hourly_wage REAL, boss_id INTEGER REFERENCES employees(employee_id));
INSERT INTO employees VALUES
(1,'Marta Quill','regional manager','2009-04-01','1970-02-11',38.5,NULL),
(2,'Deon Fairley','station manager','2012-06-15','1981-09-30',27.2,1),
(3,'Ines Bloor','station manager','2015-01-10','1985-12-05',26.4,1),
(4,'Rufus Okell','station manager','2018-09-01','1990-03-21',25.1,1),
(5,'Tilda Marsh','cashier','2019-02-11','1999-07-14',15.3,2),
(6,'Gus Penhale','cashier','2020-05-20','1996-10-02',15.9,2),
(7,'Yara Stent','cashier','2021-11-03','2001-01-27',14.8,3),
(8,'Colm Dray','mechanic','2016-03-07','1979-05-18',21.6,3),
(9,'Bibi Lanter','cashier','2022-08-29','2003-04-09',14.2,4),
(10,'Pavel Orm','mechanic','2023-01-16','1988-08-08',20.4,4);
CREATE TABLE stations (station_id INTEGER PRIMARY KEY, name TEXT, town TEXT, opened DATE, pumps INTEGER, parking_spaces INTEGER, has_car_wash BOOLEAN, manager_id INTEGER REFERENCES employees(employee_id));
INSERT INTO stations VALUES
(1,'Northgate','Harrow Falls','1998-05-12',8,14,1,2),
(2,'Mill Lane','Harrow Falls','2004-10-01',6,9,0,2),
(3,'Bypass East','Dunmore','2011-03-19',12,30,1,3),
(4,'Old Quay','Saltby','1987-07-04',4,5,0,4),
(5,'Hilltop','Dunmore','2016-08-22',10,22,1,3),
(6,'Airport Road','Kelling','2021-02-15',16,41,1,4),
(7,'Bridge End','Saltby','2023-11-30',5,7,0,NULL);
CREATE TABLE fuels (fuel_id INTEGER PRIMARY KEY, fuel_name TEXT, category TEXT, octane INTEGER);
INSERT INTO fuels VALUES (1,'Regular 95','petrol',95),(2,'Super 98','petrol',98),(3,'Diesel B7','diesel',NULL),(4,'Truck Diesel','diesel',NULL),(5,'Autogas','gas',105),(6,'Ethanol E85','biofuel',104);
CREATE TABLE tanks (tank_id INTEGER PRIMARY KEY, station_id INTEGER REFERENCES stations(station_id), fuel_id INTEGER REFERENCES fuels(fuel_id), capacity_litres INTEGER, current_litres INTEGER, price_per_litre REAL, last_inspected DATE);
INSERT INTO tanks VALUES
(1,1,1,30000,12400,1.71,'2024-01-15'),(2,1,2,20000,8100,1.86,'2024-01-16'),(3,1,3,35000,21900,1.64,'2023-06-20'),
(4,2,1,25000,3300,1.69,'2022-11-08'),(5,2,3,25000,17800,1.66,NULL),(6,3,1,40000,26500,1.74,'2024-03-02'),
(7,3,4,60000,44700,1.58,'2024-03-03'),(8,3,5,15000,2200,0.93,'2023-09-12'),(9,4,1,15000,6400,1.68,'2023-02-27'),
(10,5,1,30000,9900,1.73,'2024-05-06'),(11,5,2,18000,15100,1.89,NULL),(12,6,1,50000,31600,1.79,'2024-02-10'),
(13,6,3,55000,12700,1.70,'2024-02-11'),(14,6,5,16000,14900,0.97,'2023-12-01');
CREATE TABLE deliveries (delivery_id INTEGER PRIMARY KEY, tank_id INTEGER REFERENCES tanks(tank_id), supplier TEXT, ordered_on DATE, delivered_on DATE, litres INTEGER, unit_cost REAL, haulage_fee REAL);
INSERT INTO deliveries VALUES
(1,1,'Petrolux','2024-01-03','2024-01-05',18000,1.31,220),(2,3,'Petrolux','2024-01-10','2024-01-11',22000,1.25,240),
(3,6,'Northern Fuels','2024-01-22','2024-01-26',25000,1.29,310),(4,7,'Northern Fuels','2024-02-02','2024-02-03',40000,1.18,355),
(5,12,'Petrolux','2024-02-14','2024-02-17',30000,1.33,410),(6,13,'Basin Oil','2024-02-20','2024-02-27',35000,1.24,280),
(7,4,'Basin Oil','2024-03-05','2024-03-06',12000,1.28,175),(8,9,'Petrolux','2024-03-12','2024-03-14',9000,1.34,165),
(9,8,'Gasco','2024-03-20','2024-03-28',11000,0.61,190),(10,1,'Northern Fuels','2024-04-04','2024-04-05',17500,1.30,230),
(11,10,'Petrolux','2024-04-18','2024-04-20',20000,1.32,260),(12,6,'Basin Oil','2024-05-02','2024-05-09',23000,1.27,300),
(13,12,'Northern Fuels','2024-05-15',NULL,32000,1.35,395),(14,14,'Gasco','2024-05-19',NULL,10000,0.63,185);
CREATE TABLE shifts (shift_id INTEGER PRIMARY KEY, employee_id INTEGER REFERENCES employees(employee_id), station_id INTEGER REFERENCES stations(station_id), shift_date DATE, hours REAL, till_takings REAL);
INSERT INTO shifts VALUES
(1,5,1,'2024-05-01',8,4120.5),(2,6,1,'2024-05-01',6,3310.2),(3,5,2,'2024-05-02',7.5,1980.4),(4,7,3,'2024-05-02',8,5230.9),
(5,7,5,'2024-05-03',4,2105.1),(6,9,4,'2024-05-03',9,1244.8),(7,6,2,'2024-05-04',8,2210.6),(8,9,6,'2024-05-05',8,7610.3),
(9,5,1,'2024-05-06',10,4980.7),(10,8,3,'2024-05-06',6.5,NULL),(11,7,3,'2024-05-07',5,3120.4),(12,2,1,'2024-05-08',3,1505.9);
