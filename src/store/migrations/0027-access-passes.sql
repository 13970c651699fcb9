-- Temporary Access Passes that somebody issued: who, to whom, after which proof of identity, and what became of each. The
-- secret of a pass stands nowhere: it is told once, in the answer to whoever issued it.
CREATE TABLE access_passes (
  customer_id uuid NOT NULL REFERENCES customers (id),
  id text NOT NULL,
  account_id text NOT NULL,
  -- `issuing` is written before Graph is asked; `lost`: made without that anybody learned the secret, and deleted.
  state text NOT NULL CHECK (state IN ('issuing', 'issued', 'used', 'expired', 'withdrawn', 'lost', 'failed')),
  -- Graph's id of the pass, once it is known.
  pass_id text,
  minutes integer NOT NULL,
  -- {kind, note}: how the person's identity was proved.
  proof jsonb NOT NULL,
  -- Why an engineer issued it to somebody with a working method; null where nothing spoke against it.
  override_reason text,
  -- [{tenantId, objectId, displayName, at}]: who had asked for it.
  requests jsonb NOT NULL,
  -- {tenantId, objectId, displayName}
  issued_by jsonb NOT NULL,
  asked_at timestamptz NOT NULL,
  starts_at timestamptz,
  expires_at timestamptz,
  ended_at timestamptz,
  -- Code of what kept it from being issued.
  failure text,
  -- The first method registered with it: {at, from, usual, verdict}.
  registration jsonb,
  PRIMARY KEY (customer_id, id)
);
CREATE UNIQUE INDEX access_passes_live ON access_passes (customer_id, account_id) WHERE state IN ('issuing', 'issued');

-- Ends of people's sessions, once for each person and occasion.
CREATE TABLE session_revocations (
  customer_id uuid NOT NULL REFERENCES customers (id),
  -- `flip:<rollout>:<phase>`, or `person:<id>` for somebody who was locked out or attacked.
  occasion text NOT NULL,
  account_id text NOT NULL,
  state text NOT NULL CHECK (state IN ('wanted', 'done', 'gone', 'failed')),
  asked_at timestamptz NOT NULL,
  done_at timestamptz,
  failure text,
  PRIMARY KEY (customer_id, occasion, account_id)
);
