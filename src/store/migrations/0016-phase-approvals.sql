-- What people decided about a phase: each approval bound to the digest of what was shown, a later decision beside an
-- earlier one. Approvals count until a decision of another kind about the same phase.
CREATE TABLE phase_decisions (
  customer_id uuid NOT NULL REFERENCES customers (id),
  rollout_id text NOT NULL,
  phase text NOT NULL,
  -- Over all decisions of the customer, in their order.
  seq integer NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('approve', 'hold', 'resume', 'rollBack', 'askAgain')),
  digest text NOT NULL,
  tenant_id uuid NOT NULL,
  object_id uuid NOT NULL,
  display_name text,
  -- Accounts that are enforced although they cannot answer.
  anyway jsonb NOT NULL,
  -- What was shown, complete enough to prove it later.
  content jsonb NOT NULL,
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, seq)
);
CREATE INDEX phase_decisions_of_phase ON phase_decisions (customer_id, rollout_id, phase, seq);

-- One row for each change of the enforcing policy that was asked for: what was planned, what stood before, how it ended.
CREATE TABLE phase_flips (
  customer_id uuid NOT NULL REFERENCES customers (id),
  seq integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('enforce', 'withdraw')),
  rollout_id text NOT NULL,
  phase text NOT NULL,
  everyone_else boolean NOT NULL,
  -- `writing`: the intent is noted, and the write may have been made.
  state text NOT NULL CHECK (state IN ('asked', 'writing', 'done', 'refused', 'cancelled')),
  -- The key of the job that works on it.
  job text NOT NULL,
  actor jsonb NOT NULL,
  -- Why it is taken back, in each language; null for an enforcement.
  why jsonb,
  -- Null until it was planned, which is before the first write.
  plan jsonb,
  before jsonb,
  outcome jsonb,
  asked_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, seq)
);

-- The phases that the enforcing policy reaches by our hand.
CREATE TABLE enforced_phases (
  customer_id uuid NOT NULL REFERENCES customers (id),
  -- The name in lower case; the one for everyone else is marked.
  phase_key text NOT NULL,
  name text NOT NULL,
  everyone_else boolean NOT NULL,
  group_id text,
  flip_seq integer NOT NULL,
  enforced_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, phase_key)
);
