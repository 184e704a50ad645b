CREATE TABLE branches(branch_id INTEGER PRIMARY KEY, name TEXT, address TEXT, opened_year INTEGER, manager TEXT);
CREATE TABLE authors(author_id INTEGER PRIMARY KEY, name TEXT, country TEXT, birth_year INTEGER);
CREATE TABLE books(book_id INTEGER PRIMARY KEY, title TEXT, author_id INTEGER REFERENCES authors(author_id), genre TEXT, published_year INTEGER, pages INTEGER, copies INTEGER, branch_id INTEGER REFERENCES branches(branch_id));
CREATE TABLE members(member_id INTEGER PRIMARY KEY, name TEXT, email TEXT, town TEXT, birth_date DATE, joined_on DATE, membership_type TEXT, home_branch_id INTEGER REFERENCES branches(branch_id));
CREATE TABLE loans(loan_id INTEGER PRIMARY KEY, book_id INTEGER REFERENCES books(book_id), member_id INTEGER REFERENCES members(member_id), loan_date DATE, due_date DATE, return_date DATE);
CREATE TABLE fines(fine_id INTEGER PRIMARY KEY, loan_id INTEGER REFERENCES loans(loan_id), amount REAL, issued_on DATE, paid_on DATE);
CREATE TABLE events(event_id INTEGER PRIMARY KEY, title TEXT, category TEXT, event_date DATE, branch_id INTEGER REFERENCES branches(branch_id), capacity INTEGER, ticket_price REAL);
CREATE TABLE registrations(registration_id INTEGER PRIMARY KEY, event_id INTEGER REFERENCES events(event_id), member_id INTEGER REFERENCES members(member_id), registered_on DATE, attended INTEGER);
