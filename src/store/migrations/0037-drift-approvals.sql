-- Who approved what of a finding that no single person decides: taking it as it is although it costs people their cover,
-- or switching Security Defaults off again.
CREATE TABLE drift_approvals (
  customer_id uuid NOT NULL REFERENCES customers (id),
  seq integer NOT NULL,
  finding_id uuid NOT NULL,
  -- Of the finding, the verdict and whom it costs cover: an approval counts for nothing else.
  digest text NOT NULL,
  tenant_id text NOT NULL,
  object_id text NOT NULL,
  display_name text,
  -- What was shown.
  content jsonb NOT NULL,
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, seq)
);

CREATE INDEX drift_approvals_finding ON drift_approvals (customer_id, finding_id);

-- Until when an accepted difference is not told again, where accepting it does not make it ours; null otherwise.
ALTER TABLE drift_findings ADD COLUMN tolerated_until timestamptz;
