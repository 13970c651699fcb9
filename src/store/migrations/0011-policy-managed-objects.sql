-- Everything that a push made in a tenant and that this product therefore owns: known by its id, together with what it
-- looked like when it was last written, never by its name.
CREATE TABLE managed_objects (
  customer_id uuid NOT NULL REFERENCES customers (id),
  -- ENFORCE, OBSERVE, direct, breakGlass, exceptions, phase:<name in lower case>.
  key text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('group', 'policy')),
  object_id text NOT NULL,
  name text NOT NULL,
  -- Digest of what it means; `written` is what it says.
  fingerprint text NOT NULL,
  written jsonb NOT NULL,
  push_id uuid NOT NULL,
  PRIMARY KEY (customer_id, key),
  UNIQUE (customer_id, object_id)
);

-- One row for each push of a draft: its plan, how far each step of it came, and what stood in the tenant before it.
CREATE TABLE policy_pushes (
  customer_id uuid NOT NULL REFERENCES customers (id),
  id uuid NOT NULL,
  -- The order of asking; the newest one is the one that counts.
  seq integer NOT NULL,
  digest text NOT NULL,
  state text NOT NULL CHECK (state IN
    ('asked', 'running', 'live', 'refused', 'compensated', 'standing', 'undoing', 'undone')),
  -- The key of the job that works on it.
  job text NOT NULL,
  actor jsonb NOT NULL,
  -- Null until the plan was made, which is before the first write.
  plan jsonb,
  before jsonb,
  -- By the name of the step.
  progress jsonb NOT NULL,
  outcome jsonb NOT NULL,
  asked_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, id),
  UNIQUE (customer_id, seq)
);
