-- clinical_trials: genes, diseases, drugs and the trials that test them.
-- Genes, diseases and drugs are real but simplified, the trials, sites, people and figures are invented.
-- Not for medical use. Dates are ISO 8601 text (YYYY-MM-DD).

CREATE TABLE genes (
  gene_id    INTEGER PRIMARY KEY,
  symbol     TEXT NOT NULL UNIQUE,       -- official symbol, e.g. BRCA1
  full_name  TEXT NOT NULL,
  chromosome TEXT NOT NULL,              -- '1' to '22', 'X' or 'Y'
  gene_family TEXT                       -- NULL: not assigned to a family
);

CREATE TABLE diseases (
  disease_id  INTEGER PRIMARY KEY,
  name        TEXT NOT NULL,
  area        TEXT NOT NULL,             -- therapeutic area, e.g. Oncology
  icd10_code  TEXT,
  prevalence_per_100k REAL,              -- patients in 100,000 people
  is_rare     INTEGER NOT NULL           -- 1: rare disease
);

CREATE TABLE drugs (
  drug_id       INTEGER PRIMARY KEY,
  generic_name  TEXT NOT NULL,
  brand_name    TEXT,
  modality      TEXT NOT NULL,           -- small molecule, monoclonal antibody, ...
  route         TEXT NOT NULL,           -- oral, intravenous, subcutaneous, ...
  approval_year INTEGER,                 -- NULL: not on the market
  manufacturer  TEXT NOT NULL
);

CREATE TABLE drug_targets (
  drug_id     INTEGER NOT NULL REFERENCES drugs (drug_id),
  gene_id     INTEGER NOT NULL REFERENCES genes (gene_id),
  action_type TEXT NOT NULL,             -- inhibitor, antagonist, agonist, modulator
  affinity_nm REAL,                      -- binding affinity in nanomolar, smaller binds tighter
  PRIMARY KEY (drug_id, gene_id)
);

CREATE TABLE gene_disease_associations (
  gene_id        INTEGER NOT NULL REFERENCES genes (gene_id),
  disease_id     INTEGER NOT NULL REFERENCES diseases (disease_id),
  score          REAL NOT NULL,          -- 0 to 1, strength of the evidence
  evidence       TEXT NOT NULL,          -- genetic, literature, expression, animal model
  reported_year  INTEGER,
  PRIMARY KEY (gene_id, disease_id)
);

CREATE TABLE clinical_trials (
  trial_id        TEXT PRIMARY KEY,      -- made-up registry number
  title           TEXT NOT NULL,
  drug_id         INTEGER NOT NULL REFERENCES drugs (drug_id),
  disease_id      INTEGER NOT NULL REFERENCES diseases (disease_id),
  phase           INTEGER NOT NULL,      -- 1 to 4
  status          TEXT NOT NULL,         -- Recruiting, Active, Completed, Terminated, Withdrawn
  sponsor         TEXT NOT NULL,
  start_date      DATE NOT NULL,
  completion_date DATE,                  -- NULL: still running, or never finished
  enrollment      INTEGER                -- number of patients enrolled
);

CREATE TABLE trial_sites (
  site_id      INTEGER PRIMARY KEY,
  trial_id     TEXT NOT NULL REFERENCES clinical_trials (trial_id),
  hospital     TEXT NOT NULL,
  city         TEXT NOT NULL,
  country      TEXT NOT NULL,
  investigator TEXT,                     -- principal investigator at this site
  patients     INTEGER                   -- patients treated at this site
);
