-- Mailboxes that have sent as much as their vendor lets them in a day: nothing goes out of them before then.
CREATE TABLE outreach_holds (
  customer_id uuid NOT NULL REFERENCES customers (id),
  mailbox text NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (customer_id, mailbox)
);
