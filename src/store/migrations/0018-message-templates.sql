-- What a customer changed of the mails: one row each, since the texts are edited and read together.
CREATE TABLE message_templates (
  customer_id uuid PRIMARY KEY REFERENCES customers (id),
  edits jsonb NOT NULL,
  updated_at timestamptz NOT NULL
);
