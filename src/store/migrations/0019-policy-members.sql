-- Memberships of managed groups that were written beside a push: what a phase's enforcement filled in, and what the upkeep
-- of memberships brought in or took out. A member that neither stands here nor in a push was put in by somebody else.
CREATE TABLE managed_members (
  customer_id uuid NOT NULL REFERENCES customers (id),
  -- As in managed_objects.
  group_key text NOT NULL,
  -- In lower case.
  account_id text NOT NULL,
  group_id text NOT NULL,
  -- `adding`, `removing`: the intent is noted, and the write may have been made.
  state text NOT NULL CHECK (state IN ('adding', 'in', 'removing', 'out')),
  -- The push that stood then: taking it back takes these back too.
  push_id uuid NOT NULL,
  written_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, group_key, account_id)
);

-- What was seen of memberships and told once: who waits for his grace, who stays an exception, what somebody else changed.
CREATE TABLE member_notes (
  customer_id uuid NOT NULL REFERENCES customers (id),
  group_key text NOT NULL,
  account_id text NOT NULL,
  what text NOT NULL,
  since timestamptz NOT NULL,
  PRIMARY KEY (customer_id, group_key, account_id, what)
);

-- The newest run of the upkeep; while it writes, no phase is enforced.
CREATE TABLE member_runs (
  customer_id uuid NOT NULL REFERENCES customers (id),
  job text NOT NULL,
  state text NOT NULL CHECK (state IN ('writing', 'done')),
  answer jsonb,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id)
);
