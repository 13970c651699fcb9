-- A notice that a mail reached nobody is told from others by the mail's subject, which it repeats.
ALTER TABLE outreach_ledger ADD COLUMN subject text;

-- How far a mailbox was read for notices of undeliverable mails.
CREATE TABLE outreach_bounce_readings (
  customer_id uuid NOT NULL REFERENCES customers (id),
  mailbox text NOT NULL,
  -- What came before was looked at; null where it never could be.
  read_until timestamptz,
  -- Why the last reading failed: {code, text}.
  failure jsonb,
  PRIMARY KEY (customer_id)
);
