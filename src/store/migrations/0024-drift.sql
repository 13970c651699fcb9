-- What somebody else changed of what this product stands on: one row for as long as the difference stands.
CREATE TABLE drift_findings (
  customer_id uuid NOT NULL REFERENCES customers (id),
  id uuid NOT NULL,
  -- Names the difference: the same object in the same respect.
  key text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('edited', 'disabled', 'deleted', 'renamed', 'securityDefaults', 'mfaElsewhere',
    'perUserMfa', 'breakGlass', 'membership')),
  aspect text NOT NULL,
  object text NOT NULL,
  object_id text NOT NULL,
  name text NOT NULL,
  -- {what: value} on either side.
  before jsonb NOT NULL,
  after jsonb NOT NULL,
  -- What the whole object said when it was seen.
  witness text,
  -- Of all this: a press is bound to it.
  digest text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'restoring', 'restored', 'accepted', 'gone')),
  severity smallint NOT NULL,
  effect jsonb,
  -- The last look at which it was not there.
  since timestamptz NOT NULL,
  first_seen timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  -- Who did it by the audit log of the directory; null while that is not known.
  actor jsonb,
  decided_by jsonb,
  -- The whole object as it was seen, where accepting makes it ours.
  live jsonb,
  -- Why the last attempt to put it back wrote nothing.
  failure jsonb,
  -- The job that puts it back.
  job text,
  -- What that job noted before it wrote: {policyIds: those that were there}; null before it began.
  progress jsonb,
  PRIMARY KEY (customer_id, id)
);

-- A difference is told once, however many look.
CREATE UNIQUE INDEX drift_findings_standing ON drift_findings (customer_id, key) WHERE state IN ('open', 'restoring');

-- What stood beside the managed policies when it was found right, and how the last look went.
CREATE TABLE drift_watches (
  customer_id uuid NOT NULL REFERENCES customers (id),
  -- {securityDefaultsOn, asking: policies by id, perUserOn}.
  baseline jsonb NOT NULL,
  looked_at timestamptz NOT NULL,
  -- When per-user MFA was last read.
  per_user_at timestamptz,
  -- What could not be read: [{part, code}].
  unread jsonb NOT NULL,
  PRIMARY KEY (customer_id)
);
