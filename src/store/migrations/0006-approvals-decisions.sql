-- What people decided, each bound to the digest of what they were shown. `content` is what they were shown, complete
-- enough to prove it later; a decision is never changed, a later one takes its place.
CREATE TABLE decisions (
  customer_id uuid NOT NULL REFERENCES customers (id),
  subject text NOT NULL,
  seq integer NOT NULL,
  digest text NOT NULL,
  verdict text NOT NULL,
  tenant_id uuid NOT NULL,
  object_id uuid NOT NULL,
  display_name text,
  decided_at timestamptz NOT NULL,
  content jsonb NOT NULL,
  PRIMARY KEY (customer_id, subject, seq)
);
