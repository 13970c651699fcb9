-- Questions for an administrator's consent: each is bound to a customer and to whoever asked, and is answered once.
CREATE TABLE admin_consents (
  customer_id uuid NOT NULL REFERENCES customers (id),
  nonce text NOT NULL,
  -- What the answer's state was sealed with; it never leaves the store.
  key text NOT NULL,
  app text NOT NULL CHECK (app IN ('reader', 'messenger', 'writer', 'teams')),
  asked_by jsonb NOT NULL,
  asked_at timestamptz NOT NULL,
  answered_at timestamptz,
  outcome text,
  PRIMARY KEY (customer_id, nonce)
);
