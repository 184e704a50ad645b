-- energy_meters: a municipal supplier of electricity and gas: households, meters, quarterly
-- readings, bills and outages. DuckDB dialect. Money in euros.

CREATE TYPE energy AS ENUM ('electricity', 'gas');

CREATE TABLE districts (
  district_id INTEGER PRIMARY KEY,
  name        VARCHAR NOT NULL,
  population  INTEGER NOT NULL,
  area_km2    DECIMAL(6, 2) NOT NULL
);

CREATE TABLE tariffs (
  tariff_id       INTEGER PRIMARY KEY,
  name            VARCHAR NOT NULL,
  energy_type     energy NOT NULL,
  price_per_kwh   DECIMAL(6, 4) NOT NULL,
  standing_charge DECIMAL(6, 2) NOT NULL,      -- fixed part, a month
  renewable       BOOLEAN NOT NULL
);

CREATE TABLE households (
  household_id  INTEGER PRIMARY KEY,
  holder        VARCHAR NOT NULL,              -- person who holds the contract
  address       VARCHAR NOT NULL,
  district_id   INTEGER NOT NULL REFERENCES districts (district_id),
  residents     INTEGER NOT NULL,              -- people living there
  floor_area_m2 INTEGER,
  has_solar     BOOLEAN NOT NULL,
  email         VARCHAR,
  contract_start DATE NOT NULL
);

CREATE TABLE meters (
  meter_id      INTEGER PRIMARY KEY,
  serial_number VARCHAR NOT NULL UNIQUE,
  household_id  INTEGER NOT NULL REFERENCES households (household_id),
  tariff_id     INTEGER NOT NULL REFERENCES tariffs (tariff_id),
  energy_type   energy NOT NULL,
  model         VARCHAR NOT NULL,
  is_smart      BOOLEAN NOT NULL,
  installed_on  DATE NOT NULL,
  inspected_on  DATE                           -- last inspection, NULL: never
);

CREATE TABLE readings (
  reading_id INTEGER PRIMARY KEY,
  meter_id   INTEGER NOT NULL REFERENCES meters (meter_id),
  read_at    TIMESTAMP NOT NULL,
  kwh        DECIMAL(9, 1) NOT NULL,           -- used since the reading before
  method     VARCHAR NOT NULL                  -- remote, visit, self-reported, estimated
);

CREATE TABLE bills (
  bill_id      INTEGER PRIMARY KEY,
  household_id INTEGER NOT NULL REFERENCES households (household_id),
  issued_on    DATE NOT NULL,
  due_on       DATE NOT NULL,
  amount       DECIMAL(8, 2) NOT NULL,
  paid_on      DATE                            -- NULL: still open
);

CREATE TABLE outages (
  outage_id           INTEGER PRIMARY KEY,
  district_id         INTEGER NOT NULL REFERENCES districts (district_id),
  started_at          TIMESTAMP NOT NULL,
  ended_at            TIMESTAMP,               -- NULL: not yet over
  cause               VARCHAR,                 -- NULL: not found
  households_affected INTEGER NOT NULL
);
