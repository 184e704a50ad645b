CREATE TABLE suppliers(supplier_id INTEGER PRIMARY KEY,name TEXT NOT NULL,city TEXT,country TEXT,phone TEXT,rating INTEGER);
CREATE TABLE categories(category_id INTEGER PRIMARY KEY,name TEXT NOT NULL);
CREATE TABLE products(product_id INTEGER PRIMARY KEY,name TEXT NOT NULL,category_id INTEGER REFERENCES categories(category_id),supplier_id INTEGER REFERENCES suppliers(supplier_id),cost_price REAL,list_price REAL,weight_kg REAL,launch_date DATE,discontinued BOOLEAN);
CREATE TABLE employees(employee_id INTEGER PRIMARY KEY,first_name TEXT,last_name TEXT,job_title TEXT,department TEXT,salary REAL,hire_date DATE,manager_id INTEGER REFERENCES employees(employee_id),email TEXT);
CREATE TABLE warehouses(warehouse_id INTEGER PRIMARY KEY,name TEXT,city TEXT,country TEXT,capacity INTEGER,manager_id INTEGER REFERENCES employees(employee_id));
CREATE TABLE stock_levels(product_id INTEGER REFERENCES products(product_id),warehouse_id INTEGER REFERENCES warehouses(warehouse_id),quantity INTEGER,reorder_level INTEGER,PRIMARY KEY(product_id,warehouse_id));
CREATE TABLE clients(client_id INTEGER PRIMARY KEY,company_name TEXT,city TEXT,country TEXT,sales_rep_id INTEGER REFERENCES employees(employee_id),credit_limit REAL,balance REAL,client_since DATE);
CREATE TABLE purchase_orders(po_id INTEGER PRIMARY KEY,supplier_id INTEGER REFERENCES suppliers(supplier_id),warehouse_id INTEGER REFERENCES warehouses(warehouse_id),ordered_by INTEGER REFERENCES employees(employee_id),order_date DATE,expected_date DATE,received_date DATE,status TEXT,freight_cost REAL);
CREATE TABLE purchase_order_lines(line_id INTEGER PRIMARY KEY,po_id INTEGER REFERENCES purchase_orders(po_id),product_id INTEGER REFERENCES products(product_id),quantity INTEGER,unit_price REAL,quantity_received INTEGER);
