-- How far each of a customer's two sign-in logs was read. The mark counts only together with what was made of the rows,
-- so both are saved in one transaction; `revision` counts up with it.
CREATE TABLE sign_in_logs (
  customer_id uuid NOT NULL REFERENCES customers (id),
  log text NOT NULL CHECK (log IN ('interactive', 'nonInteractive')),
  state text NOT NULL CHECK (state IN ('read', 'failed', 'notLicensed')),
  -- Why the last attempt failed; null when it did not.
  why text,
  -- Where the reading began; null before the first.
  read_from timestamptz,
  -- {readTo, known}: known are the ids of the span that is read again.
  mark jsonb,
  -- [{from, to}]: what the log had dropped before it was read.
  lost jsonb NOT NULL,
  tried_at timestamptz NOT NULL,
  revision integer NOT NULL,
  PRIMARY KEY (customer_id, log)
);

-- What became of an account's successful sign-ins under one report-only policy: one row for each outcome, not for each
-- sign-in, since "did it happen since then" follows from the last one.
CREATE TABLE sign_in_outcomes (
  customer_id uuid NOT NULL REFERENCES customers (id),
  account_id text NOT NULL,
  -- The object id of the policy; empty where the log told none of ours.
  policy_id text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN
    ('satisfied', 'prompted', 'promptedInBackground', 'fails', 'notApplied', 'noResult')),
  count bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, account_id, policy_id, outcome)
);

-- Clients that cannot answer MFA: account x application x protocol.
CREATE TABLE sign_in_findings (
  customer_id uuid NOT NULL REFERENCES customers (id),
  key text NOT NULL,
  account_id text NOT NULL,
  app_id text NOT NULL,
  app_name text NOT NULL,
  protocol text NOT NULL,
  count bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'inWork', 'waived', 'gone')),
  -- Null until it was told as open for the first time: traffic that stopped before it was found is never opened.
  opened_at timestamptz,
  -- {actor, at}
  taken jsonb,
  -- {actor, at, until, why}
  waiver jsonb,
  revision integer NOT NULL,
  PRIMARY KEY (customer_id, key)
);

-- Sign-ins of people under enforcement who failed MFA, and their successes near them. Those that were answered go as
-- soon as no late row can change it; what stays is one row for each failure that nothing followed.
CREATE TABLE sign_in_challenges (
  customer_id uuid NOT NULL REFERENCES customers (id),
  account_id text NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL CHECK (kind IN ('failed', 'passed')),
  code integer NOT NULL,
  PRIMARY KEY (customer_id, account_id, at, kind)
);
