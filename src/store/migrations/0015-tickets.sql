-- What stands in the PSA by our hand: one row for each ticket, and one for the project of each rollout.
CREATE TABLE psa_records (
  customer_id uuid NOT NULL REFERENCES customers (id),
  key text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('ticket', 'project')),
  -- As it shall be, and the digest of that.
  wanted jsonb NOT NULL,
  wanted_digest text NOT NULL,
  -- Of the ticket or of the project there.
  record_id integer,
  standing text NOT NULL CHECK (standing IN ('none', 'open', 'closed')),
  -- What somebody there did to it, which is respected.
  by_person text CHECK (by_person IN ('closed', 'deleted', 'reopened')),
  written_digest text,
  -- Of a project: the digest of each phase as it was last brought there.
  parts jsonb NOT NULL,
  -- {digest, at}: written before a request, taken away with what came of it.
  begun jsonb,
  -- Counts the jobs asked for; only the latest one writes.
  run integer NOT NULL,
  failure jsonb,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, key)
);
CREATE INDEX psa_records_by_id ON psa_records (customer_id, record_id);

-- Each ticket of the customer's people that was looked at, so that it gets one first reply for ever.
CREATE TABLE psa_replies (
  customer_id uuid NOT NULL REFERENCES customers (id),
  ticket_id integer NOT NULL,
  state text NOT NULL CHECK (state IN ('asked', 'replied', 'left', 'failed')),
  -- Why none was sent, or which way the question was sent on.
  reason text,
  -- When the ticket was last changed, as the PSA wrote it.
  seen text,
  begun_at timestamptz,
  run integer NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, ticket_id)
);

-- How far each customer's tickets were read.
CREATE TABLE psa_marks (
  customer_id uuid PRIMARY KEY REFERENCES customers (id),
  company_id integer NOT NULL,
  since timestamptz NOT NULL,
  -- Tickets from before it are not ours to answer.
  answers_from timestamptz NOT NULL,
  callback_url text,
  polled_at timestamptz NOT NULL,
  looked integer NOT NULL,
  failure jsonb
);

-- Deliveries that were taken, by the digest of their bytes.
CREATE TABLE psa_deliveries (
  customer_id uuid NOT NULL REFERENCES customers (id),
  digest text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, digest)
);
