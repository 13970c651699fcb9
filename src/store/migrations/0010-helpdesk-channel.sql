-- The help channel of each customer as it was last seen, and the one write that was begun and not yet seen to be done.
CREATE TABLE helpdesk_channels (
  customer_id uuid PRIMARY KEY REFERENCES customers (id),
  -- Ids below belong to this team: when the customer file names another one, they count for nothing.
  team_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('opening', 'open', 'refused')),
  channel_id text,
  name text,
  web_url text,
  teams_app_id text,
  -- Tab ids by what they show.
  tabs jsonb NOT NULL,
  -- {step, at}: written before the request, taken away with what came of it.
  begun jsonb,
  -- {key, did, failure}: the last job that opened the channel.
  run jsonb NOT NULL,
  updated_at timestamptz NOT NULL
);
