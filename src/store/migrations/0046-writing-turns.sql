-- Whose turn it is to write a customer's managed policies, and whose to write its groups: one job at a time, from its
-- first look to its end.
CREATE TABLE writing_turns (
  customer_id uuid NOT NULL REFERENCES customers (id),
  what text NOT NULL CHECK (what IN ('policies', 'groups')),
  -- The key of the job; the turn is over when that job has ended, in whatever way.
  job text NOT NULL,
  -- Whether the job has noted a write: it then keeps its turn between two attempts.
  is_writing boolean NOT NULL,
  PRIMARY KEY (customer_id, what)
);
