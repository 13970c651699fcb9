-- What was read of a customer: one row per object, so that a change touches its own row only. The master list itself is
-- computed from these rows and stored nowhere, so it cannot disagree with them.
CREATE TABLE hr_employees (
  customer_id uuid NOT NULL REFERENCES customers (id),
  -- The employee id; a repeated one is numbered, since a list with a double is still to be shown.
  employee_key text NOT NULL,
  employee jsonb NOT NULL,
  PRIMARY KEY (customer_id, employee_key)
);

CREATE TABLE tenant_accounts (
  customer_id uuid NOT NULL REFERENCES customers (id),
  account_id text NOT NULL,
  account jsonb NOT NULL,
  PRIMARY KEY (customer_id, account_id)
);

CREATE TABLE tenant_registrations (
  customer_id uuid NOT NULL REFERENCES customers (id),
  account_id text NOT NULL,
  registration jsonb NOT NULL,
  PRIMARY KEY (customer_id, account_id)
);

-- Parts that are small and always replaced whole: policies, roles, groups, mailbox kinds and so on.
CREATE TABLE tenant_parts (
  customer_id uuid NOT NULL REFERENCES customers (id),
  part text NOT NULL,
  value jsonb NOT NULL,
  read_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, part)
);

-- The last attempt to read each source: whether what is stored is fresh, and why not.
CREATE TABLE source_readings (
  customer_id uuid NOT NULL REFERENCES customers (id),
  source text NOT NULL,
  state text NOT NULL CHECK (state IN ('read', 'kept', 'missing')),
  rows integer NOT NULL,
  why text,
  code text,
  read_at timestamptz,
  tried_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, source)
);
