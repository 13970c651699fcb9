-- Everybody who was found without a usable method shortly before MFA is required of him, as it is with him now.
CREATE TABLE holdouts (
  customer_id uuid NOT NULL REFERENCES customers (id),
  rollout_id text NOT NULL,
  account_id text NOT NULL,
  phase text NOT NULL,
  step text NOT NULL CHECK (step IN ('before', 'lastDay', 'enforced')),
  -- The manager on whose list he stands; null: the engineer's, and `why` says why.
  manager_id text,
  why jsonb,
  standing text NOT NULL CHECK (standing IN ('open', 'enrolled', 'excused')),
  -- Why he is no holdout any more: {code, text}.
  excuse jsonb,
  -- The last reading of his own methods, and what kept a later one from coming about.
  reading text CHECK (reading IN ('capable', 'not', 'unknown')),
  read_at timestamptz,
  problem text,
  found_at timestamptz NOT NULL,
  closed_at timestamptz,
  PRIMARY KEY (customer_id, rollout_id, account_id)
);

-- Each step at which somebody was chased, once for each person and phase.
CREATE TABLE holdout_steps (
  customer_id uuid NOT NULL REFERENCES customers (id),
  rollout_id text NOT NULL,
  phase text NOT NULL,
  account_id text NOT NULL,
  step text NOT NULL CHECK (step IN ('before', 'lastDay', 'enforced')),
  manager_id text,
  -- `mail`: the manager has no chat with the bot, so that the mail to managers is what reaches him.
  way text NOT NULL CHECK (way IN ('card', 'mail', 'engineer')),
  at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, rollout_id, phase, account_id, step)
);

-- What managers and helpers answered about somebody; a later answer stands beside an earlier one. `onLeave` and `extend`
-- are proposals: nothing is carved out before they are signed as an exception.
CREATE TABLE holdout_answers (
  customer_id uuid NOT NULL REFERENCES customers (id),
  -- Over all answers of the customer, in their order.
  seq integer NOT NULL,
  rollout_id text NOT NULL,
  account_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('remindNow', 'onLeave', 'needsToken', 'extend', 'tapRequest')),
  until date,
  tenant_id text NOT NULL,
  object_id text NOT NULL,
  display_name text,
  answered_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, seq)
);
CREATE INDEX holdout_answers_of_rollout ON holdout_answers (customer_id, rollout_id, account_id, seq);
