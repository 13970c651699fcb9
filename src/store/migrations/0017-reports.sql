-- Every closing report that was made: what it said in sum, and how far its mailing came. A report is known by its digest.
CREATE TABLE reports (
  customer_id uuid NOT NULL REFERENCES customers (id),
  digest text NOT NULL,
  taken_at timestamptz NOT NULL,
  made_at timestamptz NOT NULL,
  figures jsonb NOT NULL,
  -- The PDF that is mailed, as base64: what was asked to be sent goes out, whatever has changed since. Null: not asked.
  document text,
  -- How far the mail came; null: nobody asked for it.
  sending jsonb,
  PRIMARY KEY (customer_id, digest)
);
