-- The draft of the managed policies as it was last drawn: what a review shows and an approval is bound to. `revision`
-- names the inputs it was drawn from, so that it is not drawn again while they stay the same.
CREATE TABLE policy_drafts (
  customer_id uuid NOT NULL REFERENCES customers (id),
  digest text NOT NULL,
  revision text NOT NULL,
  drawn_at timestamptz NOT NULL,
  draft jsonb NOT NULL,
  effect jsonb NOT NULL,
  PRIMARY KEY (customer_id)
);
