-- How many people of each phase could answer MFA on each day of a rollout, as it was last looked at on that day.
CREATE TABLE rollout_days (
  customer_id uuid NOT NULL REFERENCES customers (id),
  rollout_id uuid NOT NULL,
  day date NOT NULL,
  phase text NOT NULL,
  people integer NOT NULL,
  capable integer NOT NULL,
  PRIMARY KEY (customer_id, rollout_id, day, phase),
  FOREIGN KEY (customer_id, rollout_id) REFERENCES rollouts (customer_id, id)
);

-- The rollout that a report closed; null where somebody asked for it on another day.
ALTER TABLE reports ADD COLUMN closes uuid;
