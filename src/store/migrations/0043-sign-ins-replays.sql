-- What the last weeks of sign-ins would have come to under the draft, by phase that is still to be announced.
CREATE TABLE phase_replays (
  customer_id uuid NOT NULL REFERENCES customers (id),
  rollout_id uuid NOT NULL,
  phase text NOT NULL,
  asked_at timestamptz NOT NULL,
  -- Null until the first replay has ended.
  made_at timestamptz,
  -- What is told of it, and the accounts that would have been blocked; null where it could not be made.
  answer jsonb,
  -- Why it could not be made, in both languages; null where it was.
  problem jsonb,
  -- Accounts that stood before whoever let the phase go on all the same.
  accepted jsonb NOT NULL DEFAULT '[]'::jsonb,
  PRIMARY KEY (customer_id, rollout_id, phase),
  FOREIGN KEY (customer_id, rollout_id) REFERENCES rollouts (customer_id, id)
);
