-- parcel_network: a parcel carrier with depots in north-western Europe.
-- Old system, hence the short column names. Dates are ISO 8601 text (YYYY-MM-DD), money in euros.

CREATE TABLE depots (
  dep_cd  TEXT PRIMARY KEY,            -- three-letter depot code
  dep_nm  TEXT NOT NULL,               -- depot name
  city    TEXT NOT NULL,
  ctry    TEXT NOT NULL,               -- country
  cap_day INTEGER NOT NULL,            -- parcels it can sort in a day
  opn_dt  DATE NOT NULL,               -- opening date
  mgr_nm  TEXT                         -- manager, NULL while the post is vacant
);

CREATE TABLE customers (
  cust_id INTEGER PRIMARY KEY,
  cust_nm TEXT NOT NULL,               -- customer name
  cust_tp TEXT NOT NULL,               -- business or private
  city    TEXT NOT NULL,
  ph_no   TEXT,                        -- phone number
  reg_dt  DATE NOT NULL                -- registered on
);

CREATE TABLE drivers (
  drv_id  INTEGER PRIMARY KEY,
  drv_nm  TEXT NOT NULL,               -- driver name
  age     INTEGER NOT NULL,
  sal     INTEGER NOT NULL,            -- salary, a year
  hire_dt DATE NOT NULL,
  lic_cls TEXT NOT NULL,               -- licence class: B, C, CE
  dep_cd  TEXT NOT NULL REFERENCES depots (dep_cd)  -- home depot
);

CREATE TABLE vehicles (
  veh_id     INTEGER PRIMARY KEY,
  plate_no   TEXT NOT NULL UNIQUE,
  mdl        TEXT NOT NULL,            -- make and model
  fuel       TEXT NOT NULL,            -- diesel, electric, HVO
  max_kg     INTEGER NOT NULL,         -- payload
  dep_cd     TEXT NOT NULL REFERENCES depots (dep_cd),
  last_insp_dt DATE                    -- last inspection
);

CREATE TABLE routes (
  rte_id   INTEGER PRIMARY KEY,
  from_dep TEXT NOT NULL REFERENCES depots (dep_cd),
  to_dep   TEXT NOT NULL REFERENCES depots (dep_cd),
  dist_km  INTEGER NOT NULL,
  drv_id   INTEGER REFERENCES drivers (drv_id),    -- regular driver, NULL: none yet
  veh_id   INTEGER REFERENCES vehicles (veh_id)
);

CREATE TABLE parcels (
  prcl_id  INTEGER PRIMARY KEY,
  cust_id  INTEGER NOT NULL REFERENCES customers (cust_id),  -- who sends it
  from_dep TEXT NOT NULL REFERENCES depots (dep_cd),
  to_dep   TEXT NOT NULL REFERENCES depots (dep_cd),
  sent_dt  DATE NOT NULL,
  dlv_dt   DATE,                       -- delivered on, NULL: not delivered
  svc      TEXT NOT NULL,              -- service: standard, express, overnight
  wt_kg    REAL NOT NULL,              -- weight
  qty      INTEGER NOT NULL,           -- pieces in the parcel
  price    REAL NOT NULL,              -- what the customer paid for shipping
  ins_val  REAL,                       -- insured value, NULL: not insured
  stat     TEXT NOT NULL               -- delivered, in transit, lost, returned
);

CREATE TABLE claims (
  clm_id  INTEGER PRIMARY KEY,
  prcl_id INTEGER NOT NULL REFERENCES parcels (prcl_id),
  clm_dt  DATE NOT NULL,
  rsn     TEXT NOT NULL,               -- reason
  amt     REAL NOT NULL,               -- amount claimed
  settled INTEGER NOT NULL             -- 1: paid out
);
