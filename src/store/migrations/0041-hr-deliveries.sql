-- What an HR system told by itself, for as long as it could tell it again: each delivery counts once, across restarts and
-- instances.
CREATE TABLE hr_deliveries (
  customer_id uuid NOT NULL REFERENCES customers (id),
  -- The signature: the same for the same bytes at the same time.
  key text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, key)
);
