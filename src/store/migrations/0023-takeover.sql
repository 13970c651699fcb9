-- One row for each takeover of a tenant's old MFA: its plan, how far each step came, and what stood before the first write.
CREATE TABLE takeovers (
  customer_id uuid NOT NULL REFERENCES customers (id),
  id uuid NOT NULL,
  -- The order of asking; the newest one is the one that counts.
  seq integer NOT NULL,
  digest text NOT NULL,
  state text NOT NULL CHECK (state IN
    ('asked', 'running', 'done', 'refused', 'compensated', 'standing', 'undoing', 'undone')),
  -- The key of the job that works on it.
  job text NOT NULL,
  actor jsonb NOT NULL,
  -- Null until the tenant was judged, which is before the first write.
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

-- Who approved or held which plan, with what stood before him.
CREATE TABLE takeover_decisions (
  customer_id uuid NOT NULL REFERENCES customers (id),
  seq integer NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('approve', 'hold')),
  digest text NOT NULL,
  tenant_id text NOT NULL,
  object_id text NOT NULL,
  display_name text,
  content jsonb NOT NULL,
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, seq)
);
