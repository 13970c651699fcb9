-- Every message of a rollout to every person it was meant for, once: a row here is never sent twice.
CREATE TABLE outreach_ledger (
  customer_id uuid NOT NULL REFERENCES customers (id),
  rollout_id text NOT NULL,
  message text NOT NULL CHECK (message IN
    ('announcement', 'howTo', 'reminder', 'lastCall', 'managerNudge', 'allClear')),
  -- The account it goes to.
  person text NOT NULL,
  -- The phase for a manager's nudge, which is one for each phase; else empty.
  scope text NOT NULL,
  -- The person's phase when it was queued; a move to another phase changes nothing here.
  phase text NOT NULL,
  state text NOT NULL CHECK (state IN
    ('queued', 'drafted', 'asked', 'accepted', 'refused', 'bounced', 'fellOver', 'unknown', 'skipped')),
  -- Counts the effects that were put into the outbox for it; only the newest one, of this key, works on it.
  round integer NOT NULL,
  effect text NOT NULL,
  -- Counts up with every change: of two workers who read the same row one changes it.
  revision integer NOT NULL,
  -- How often the mail system was asked what became of it.
  asks integer NOT NULL,
  address text NOT NULL,
  cc text,
  -- Account ids that a manager's nudge is about.
  about jsonb NOT NULL,
  way text CHECK (way IN ('outlook', 'gmail', 'teams')),
  draft_id text,
  -- Why it waits, was skipped or refused: {code, text}.
  reason jsonb,
  due_at timestamptz NOT NULL,
  queued_at timestamptz NOT NULL,
  -- Written before sending is asked for, so that a crash in between is asked about and not repeated.
  asked_at timestamptz,
  settled_at timestamptz,
  PRIMARY KEY (customer_id, rollout_id, message, person, scope)
);
