-- Drills of break-glass accounts: somebody starts one, the product sees the account's sign-in in the log and keeps it.
CREATE TABLE emergency_drills (
  customer_id uuid NOT NULL REFERENCES customers (id),
  id text NOT NULL,
  account_id text NOT NULL,
  started_at timestamptz NOT NULL,
  -- A sign-in after this moment is none of the drill's.
  expires_at timestamptz NOT NULL,
  started_by jsonb NOT NULL,
  -- The sign-in that the drill was about, from the tenant's log; null while none was seen.
  sign_in_id text,
  signed_in_at timestamptz,
  PRIMARY KEY (customer_id, id)
);

-- Every sign-in of a break-glass account that was seen, each once.
CREATE TABLE emergency_sign_ins (
  customer_id uuid NOT NULL REFERENCES customers (id),
  id text NOT NULL,
  account_id text NOT NULL,
  -- The id of the first sign-in of the same session: one card tells of all of them.
  session text NOT NULL,
  at timestamptz NOT NULL,
  interactive boolean NOT NULL,
  succeeded boolean NOT NULL,
  app text,
  ip_address text,
  country text,
  -- The drill whose sign-in it was.
  drill_id text,
  PRIMARY KEY (customer_id, id)
);
CREATE INDEX emergency_sign_ins_of_session ON emergency_sign_ins (customer_id, session);

-- How far each log was read for these accounts, and what kept the last reading from coming about.
CREATE TABLE emergency_readings (
  customer_id uuid NOT NULL REFERENCES customers (id),
  log text NOT NULL CHECK (log IN ('interactive', 'nonInteractive')),
  read_to timestamptz,
  problem text,
  PRIMARY KEY (customer_id, log)
);
