-- Who may do what at a customer. An identity is a tenant and an object in it: the provider's engineers come from another
-- tenant than the customer's.
CREATE TABLE grants (
  customer_id uuid NOT NULL REFERENCES customers (id),
  tenant_id uuid NOT NULL,
  object_id uuid NOT NULL,
  role text NOT NULL CHECK (role IN ('engineer', 'approver', 'helpdesk', 'viewer')),
  display_name text,
  granted_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, tenant_id, object_id, role)
);
