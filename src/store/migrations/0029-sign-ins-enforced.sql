-- Sign-ins to which the enforcing policy was applied, from the enforcement of the account's phase on: its first one says
-- since when enforcement was seen to work.
ALTER TABLE sign_in_outcomes DROP CONSTRAINT sign_in_outcomes_outcome_check;
ALTER TABLE sign_in_outcomes ADD CONSTRAINT sign_in_outcomes_outcome_check CHECK (outcome IN
  ('satisfied', 'prompted', 'promptedInBackground', 'fails', 'notApplied', 'noResult', 'enforced'));
