-- Exceptions as they were last shown. The dates and words a person saw stay as they were, so that a later reading asks
-- for a new signature only where a fact changed.
CREATE TABLE exception_rows (
  customer_id uuid NOT NULL REFERENCES customers (id),
  account_id text NOT NULL,
  kind text NOT NULL,
  shown jsonb NOT NULL,
  PRIMARY KEY (customer_id, account_id, kind)
);
