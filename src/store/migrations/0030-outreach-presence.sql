-- Who was there with a working account when a rollout was first looked at (since is null), and since when the others are:
-- whoever comes, or comes back, after the enforcement of his phase is told how to register.
CREATE TABLE outreach_presence (
  customer_id uuid NOT NULL REFERENCES customers (id),
  rollout_id text NOT NULL,
  account_id text NOT NULL,
  is_enabled boolean NOT NULL,
  since timestamptz,
  PRIMARY KEY (customer_id, rollout_id, account_id)
);
