-- The two roles of the application and the rule that separates customers.
-- Roles belong to the whole server, so another database there may have made them already.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['mfa_rollout_app', 'mfa_rollout_portfolio'] LOOP
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', role_name);
      END IF;
      IF NOT pg_has_role(current_user, role_name, 'MEMBER') THEN
        EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
      END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL; -- another database of this server made it in the same moment
    END;
  END LOOP;
END
$$;

GRANT USAGE ON SCHEMA public TO mfa_rollout_app, mfa_rollout_portfolio;

-- The customer of this transaction; null outside of one, so that a comparison with it lets no row through.
CREATE FUNCTION app_customer() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.customer', true), '')::uuid;

CREATE TABLE customers (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  config jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON customers TO mfa_rollout_app
  USING (id = app_customer()) WITH CHECK (id = app_customer());
CREATE POLICY all_customers ON customers TO mfa_rollout_portfolio USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON customers TO mfa_rollout_app;
GRANT SELECT, INSERT, UPDATE ON customers TO mfa_rollout_portfolio;

CREATE TABLE outbox (
  id uuid PRIMARY KEY,
  customer_id uuid NOT NULL REFERENCES customers (id),
  kind text NOT NULL,
  key text NOT NULL,
  payload jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'queued', 'done', 'dead')),
  priority integer NOT NULL DEFAULT 0,
  recurring boolean NOT NULL DEFAULT false,
  due_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  failure text,
  CONSTRAINT outbox_customer_key UNIQUE (customer_id, key)
);
CREATE INDEX outbox_waiting ON outbox (due_at) WHERE state = 'waiting';
CREATE INDEX outbox_open ON outbox (customer_id, kind) WHERE state IN ('waiting', 'queued');
CREATE INDEX outbox_dead ON outbox (customer_id) WHERE state = 'dead';

CREATE TABLE journal (
  customer_id uuid NOT NULL REFERENCES customers (id),
  seq integer NOT NULL,
  at timestamptz NOT NULL,
  actor jsonb NOT NULL,
  event text NOT NULL,
  facts jsonb NOT NULL,
  prev_hash text NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (customer_id, seq)
);
COMMENT ON TABLE journal IS 'append-only';
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE watermarks (
  customer_id uuid NOT NULL REFERENCES customers (id),
  name text NOT NULL,
  value jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (customer_id, name)
);

-- Closes every table that carries a customer: run after each set of migrations, so that a new table is closed without
-- a line of its own. A table whose comment begins with "append-only" gives no right to change or delete.
CREATE FUNCTION isolate_tables() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  closed regclass;
  rights text;
BEGIN
  FOR closed IN
    SELECT c.oid::regclass FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'customer_id' AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  LOOP
    rights := CASE WHEN obj_description(closed, 'pg_class') LIKE 'append-only%'
      THEN 'SELECT, INSERT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', closed);
    EXECUTE format('DROP POLICY IF EXISTS own_customer ON %s', closed);
    EXECUTE format('DROP POLICY IF EXISTS all_customers ON %s', closed);
    EXECUTE format('CREATE POLICY own_customer ON %s TO mfa_rollout_app '
      'USING (customer_id = app_customer()) WITH CHECK (customer_id = app_customer())', closed);
    EXECUTE format('CREATE POLICY all_customers ON %s TO mfa_rollout_portfolio USING (true) WITH CHECK (true)', closed);
    EXECUTE format('REVOKE ALL ON %s FROM mfa_rollout_app, mfa_rollout_portfolio', closed);
    EXECUTE format('GRANT %s ON %s TO mfa_rollout_app, mfa_rollout_portfolio', rights, closed);
  END LOOP;
  ALTER TABLE customers FORCE ROW LEVEL SECURITY;
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO mfa_rollout_app, mfa_rollout_portfolio;
END
$$;

-- Opens the tables for their owner, so that a migration or an import can move rows; isolate_tables() closes them again.
CREATE FUNCTION unforce_tables() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  forced regclass;
BEGIN
  FOR forced IN SELECT c.oid::regclass FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relforcerowsecurity LOOP
    EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', forced);
  END LOOP;
END
$$;
