-- shop: an online and telephone shop for household goods, selling across Europe and the USA.
-- Amounts are in euros. Dates are ISO 8601 text (YYYY-MM-DD).

CREATE TABLE categories (
  category_id INTEGER PRIMARY KEY,
  name        TEXT NOT NULL,
  description TEXT
);

CREATE TABLE products (
  product_id     INTEGER PRIMARY KEY,
  name           TEXT NOT NULL,
  category_id    INTEGER NOT NULL REFERENCES categories (category_id),
  list_price     REAL NOT NULL,               -- price in today's catalogue
  stock_quantity INTEGER NOT NULL,            -- pieces in the warehouse now
  weight_kg      REAL,
  launched_on    DATE NOT NULL,
  discontinued   INTEGER NOT NULL DEFAULT 0   -- 1: no longer sold
);

CREATE TABLE employees (
  employee_id     INTEGER PRIMARY KEY,
  name            TEXT NOT NULL,
  job_title       TEXT NOT NULL,
  office          TEXT NOT NULL,              -- city of the office
  hired_on        DATE NOT NULL,
  birth_date      DATE NOT NULL,
  salary          INTEGER NOT NULL,           -- a year, before tax
  commission_rate REAL,                       -- share of sales, salespeople only
  manager_id      INTEGER REFERENCES employees (employee_id)
);

CREATE TABLE customers (
  customer_id     INTEGER PRIMARY KEY,
  name            TEXT NOT NULL,
  email           TEXT,
  phone           TEXT,
  city            TEXT NOT NULL,
  country         TEXT NOT NULL,
  birth_date      DATE,
  signed_up_on    DATE NOT NULL,
  newsletter      INTEGER NOT NULL,           -- 1: wants the newsletter
  referral_source TEXT                        -- as typed in by the customer
);

CREATE TABLE orders (
  order_id       INTEGER PRIMARY KEY,
  customer_id    INTEGER NOT NULL REFERENCES customers (customer_id),
  salesperson_id INTEGER REFERENCES employees (employee_id),  -- NULL: ordered on the web
  order_date     DATE NOT NULL,
  shipped_date   DATE,                        -- NULL: not shipped
  status         TEXT NOT NULL,               -- pending, shipped, delivered, returned, cancelled
  total_amount   REAL NOT NULL                -- sum of quantity * unit_price of its lines
);

CREATE TABLE order_lines (
  order_id    INTEGER NOT NULL REFERENCES orders (order_id),
  line_number INTEGER NOT NULL,
  product_id  INTEGER NOT NULL REFERENCES products (product_id),
  quantity    INTEGER NOT NULL,
  unit_price  REAL NOT NULL,                  -- price paid for one piece at the time
  PRIMARY KEY (order_id, line_number)
);

CREATE TABLE payments (
  payment_id INTEGER PRIMARY KEY,
  order_id   INTEGER NOT NULL REFERENCES orders (order_id),
  paid_on    DATE NOT NULL,
  amount     REAL NOT NULL,
  method     TEXT NOT NULL                    -- card, PayPal, bank transfer, gift card
);
