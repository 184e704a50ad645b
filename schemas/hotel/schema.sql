-- hotel: a small group of hotels with its rooms, staff, guests, bookings and reviews.
-- Dates are ISO 8601 text (YYYY-MM-DD), money in euros.

CREATE TABLE Hotels (
  HotelId    INTEGER PRIMARY KEY,
  HotelName  TEXT NOT NULL,
  City       TEXT NOT NULL,
  Country    TEXT NOT NULL,
  Stars      INTEGER NOT NULL,
  OpenedYear INTEGER NOT NULL,
  HasPool    INTEGER NOT NULL             -- 1: yes
);

CREATE TABLE RoomTypes (
  RoomTypeId INTEGER PRIMARY KEY,
  TypeName   TEXT NOT NULL,
  MaxGuests  INTEGER NOT NULL,
  BedCount   INTEGER NOT NULL
);

CREATE TABLE Rooms (
  RoomId        INTEGER PRIMARY KEY,
  HotelId       INTEGER NOT NULL REFERENCES Hotels (HotelId),
  RoomNumber    TEXT NOT NULL,
  RoomTypeId    INTEGER NOT NULL REFERENCES RoomTypes (RoomTypeId),
  Floor         INTEGER NOT NULL,
  SizeSqm       INTEGER NOT NULL,
  HasBalcony    INTEGER NOT NULL,         -- 1: yes
  LastRenovated DATE,                     -- NULL: never
  UNIQUE (HotelId, RoomNumber)
);

CREATE TABLE Staff (
  StaffId   INTEGER PRIMARY KEY,
  FullName  TEXT NOT NULL,
  JobTitle  TEXT NOT NULL,
  HotelId   INTEGER REFERENCES Hotels (HotelId),  -- NULL: head office
  ManagerId INTEGER REFERENCES Staff (StaffId),   -- the person this one reports to
  Salary    INTEGER NOT NULL,                     -- a year
  BirthDate DATE NOT NULL,
  HireDate  DATE NOT NULL
);

CREATE TABLE Guests (
  GuestId     INTEGER PRIMARY KEY,
  GuestName   TEXT NOT NULL,
  Nationality TEXT NOT NULL,              -- country
  Email       TEXT,
  BirthDate   DATE,
  LoyaltyTier TEXT                        -- Silver, Gold, Platinum, NULL: not a member
);

CREATE TABLE Bookings (
  BookingId     INTEGER PRIMARY KEY,
  GuestId       INTEGER NOT NULL REFERENCES Guests (GuestId),
  RoomId        INTEGER NOT NULL REFERENCES Rooms (RoomId),
  CheckInDate   DATE NOT NULL,
  CheckOutDate  DATE NOT NULL,
  Nights        INTEGER NOT NULL,
  Persons       INTEGER NOT NULL,
  NightlyRate   REAL NOT NULL,
  TotalPrice    REAL NOT NULL,            -- Nights * NightlyRate
  Channel       TEXT NOT NULL,            -- website, phone, travel agency, Booking portal
  BookingStatus TEXT NOT NULL             -- confirmed, completed, cancelled, no-show
);

CREATE TABLE Reviews (
  ReviewId   INTEGER PRIMARY KEY,
  BookingId  INTEGER NOT NULL UNIQUE REFERENCES Bookings (BookingId),
  Rating     INTEGER NOT NULL,            -- 1 to 5
  Comment    TEXT,
  ReviewDate DATE NOT NULL
);
