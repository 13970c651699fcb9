-- One row for each rollout of a customer: the procedure it follows, bound to days. One runs at a time.
CREATE TABLE rollouts (
  customer_id uuid NOT NULL REFERENCES customers (id),
  id uuid NOT NULL,
  -- The order of beginning; the newest one is the one that counts.
  seq integer NOT NULL,
  procedure jsonb NOT NULL,
  starts_on date NOT NULL,
  deadline date NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'finished', 'stopped')),
  begun_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, id),
  UNIQUE (customer_id, seq)
);
CREATE UNIQUE INDEX rollouts_running ON rollouts (customer_id) WHERE state = 'running';

-- One row for each phase of a rollout as it stands.
CREATE TABLE phases (
  customer_id uuid NOT NULL REFERENCES customers (id),
  rollout_id uuid NOT NULL,
  name text NOT NULL,
  ordinal integer NOT NULL,
  everyone_else boolean NOT NULL,
  state text NOT NULL CHECK (state IN
    ('planned', 'announced', 'observing', 'blocked', 'ready', 'approved', 'enforced', 'held', 'rolledBack')),
  since timestamptz NOT NULL,
  -- Where a held phase goes on.
  resumes text,
  enforce_on date NOT NULL,
  announced_at timestamptz,
  window_from timestamptz,
  enforced_at timestamptz,
  -- Closed gates as they were last judged.
  gates jsonb NOT NULL,
  -- Counts up with every change.
  revision integer NOT NULL,
  PRIMARY KEY (customer_id, rollout_id, name),
  FOREIGN KEY (customer_id, rollout_id) REFERENCES rollouts (customer_id, id)
);
