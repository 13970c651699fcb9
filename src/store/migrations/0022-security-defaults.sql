-- One row for each switch of Security Defaults that came with a change of the enforcing policy: what stood before it, what
-- went with it, and when. It outlives the change, since the way back needs it.
CREATE TABLE security_defaults_switches (
  customer_id uuid NOT NULL REFERENCES customers (id),
  -- The change of the enforcing policy (phase_flips) that the switch is part of.
  flip_seq integer NOT NULL,
  -- `going`: on its way forward; `switched`: off, and the enforcing policy is on; `returning`: on its way back;
  -- `returned`: as before.
  state text NOT NULL CHECK (state IN ('going', 'switched', 'returning', 'returned')),
  -- The phases that are enforced in the same step, with their groups.
  phases jsonb NOT NULL,
  -- The enforcing policy as it stood before, and as it is to stand.
  before jsonb NOT NULL,
  planned jsonb NOT NULL,
  -- Policies of others whose state had to be changed on the way back, with the state that each had.
  moved jsonb NOT NULL,
  -- Instants of the calls in ms, and what follows from them.
  times jsonb NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, flip_seq)
);
