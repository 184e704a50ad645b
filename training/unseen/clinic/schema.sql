CREATE TABLE patient(pat_id INTEGER PRIMARY KEY, first_nm TEXT NOT NULL, last_nm TEXT NOT NULL, dob DATE, sex TEXT, city TEXT, phone_no TEXT, email TEXT, insurer TEXT, reg_dt DATE);
CREATE TABLE therapist(ther_id INTEGER PRIMARY KEY, ther_nm TEXT, specialty TEXT, hire_dt DATE, hrly_rate REAL, room_no TEXT, active_fl INTEGER);
CREATE TABLE treatment(trt_id INTEGER PRIMARY KEY, trt_nm TEXT, category TEXT, std_price REAL, dur_min INTEGER);
CREATE TABLE appointment(appt_id INTEGER PRIMARY KEY, pat_id INTEGER REFERENCES patient(pat_id), ther_id INTEGER REFERENCES therapist(ther_id), trt_id INTEGER REFERENCES treatment(trt_id), booked_dt DATE, appt_dt DATE, start_tm TEXT, status TEXT);
CREATE TABLE invoice(inv_id INTEGER PRIMARY KEY, appt_id INTEGER REFERENCES appointment(appt_id), pat_id INTEGER REFERENCES patient(pat_id), inv_dt DATE, due_dt DATE, amt REAL, pay_status TEXT, paid_dt DATE, pay_method TEXT);
CREATE TABLE referral(ref_id INTEGER PRIMARY KEY, pat_id INTEGER REFERENCES patient(pat_id), doc_nm TEXT, ref_dt DATE, reason TEXT, sess_auth INTEGER);
