-- What people ask for about one person: a later deadline, an absence, MFA off. Each is a row of the exception table and
-- without effect before the approver signs it.
CREATE TABLE exception_requests (
  customer_id uuid NOT NULL REFERENCES customers (id),
  -- Over all requests of the customer, in their order.
  seq integer NOT NULL,
  account_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('extension', 'onLeave', 'mfaOff')),
  until date NOT NULL,
  -- In the asker's words; null: the words of the kind.
  reason text,
  tenant_id text NOT NULL,
  object_id text NOT NULL,
  display_name text,
  asked_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'replaced', 'withdrawn')),
  closed_at timestamptz,
  PRIMARY KEY (customer_id, seq)
);
CREATE UNIQUE INDEX exception_requests_open ON exception_requests (customer_id, account_id) WHERE state = 'open';

-- What the approver decided about a whole class; the newest one of each class stands.
CREATE TABLE class_decisions (
  customer_id uuid NOT NULL REFERENCES customers (id),
  class text NOT NULL CHECK (class IN ('guest', 'room', 'equipment')),
  seq integer NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('enforce', 'carveOut')),
  reason text NOT NULL,
  review_at date,
  -- Of the members that were shown, and how many they were.
  digest text NOT NULL,
  members integer NOT NULL,
  tenant_id text NOT NULL,
  object_id text NOT NULL,
  display_name text,
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, class, seq)
);

-- MFA switched on for one person by membership of the direct group, and taken back.
CREATE TABLE person_switches (
  customer_id uuid NOT NULL REFERENCES customers (id),
  seq integer NOT NULL,
  -- In lower case.
  account_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('on', 'back')),
  state text NOT NULL CHECK (state IN ('asked', 'writing', 'done', 'refused')),
  job text NOT NULL,
  actor jsonb NOT NULL,
  -- Whether the approver signed that the person is enforced without a usable method.
  anyway boolean NOT NULL,
  -- The evaluated status before the write, and everything that was read for it.
  before jsonb,
  -- {code, message} where it was refused; the evaluated status read back where it was done.
  outcome jsonb,
  asked_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, seq)
);
CREATE UNIQUE INDEX person_switches_open ON person_switches (customer_id, account_id) WHERE state IN ('asked', 'writing');
