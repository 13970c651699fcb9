-- Teams as the bot knows it: where it can write, what it was sent and answered, what it wrote.

-- One row per chat or channel, brought up to date by everything that comes in from it.
CREATE TABLE conversations (
  customer_id uuid NOT NULL REFERENCES customers (id),
  tenant_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('personal', 'channel', 'groupChat')),
  -- The person of a personal chat (object id), the channel, or the group chat.
  party text NOT NULL,
  conversation_id text NOT NULL,
  service_url text NOT NULL,
  bot_id text NOT NULL,
  -- The person's id towards this bot (29:…), which refreshes of cards are addressed to.
  user_id text,
  team_id text,
  state text NOT NULL CHECK (state IN ('installed', 'blocked', 'removed')),
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, tenant_id, kind, party)
);

-- Activities that were acted on, with the answer: the same one delivered again gets the same answer and has no effect.
CREATE TABLE handled_activities (
  customer_id uuid NOT NULL REFERENCES customers (id),
  conversation_id text NOT NULL,
  activity_id text NOT NULL,
  answer jsonb NOT NULL,
  handled_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, conversation_id, activity_id)
);
CREATE INDEX handled_activities_age ON handled_activities (customer_id, handled_at);

-- What the bot wrote or is about to write. `posting` is noted before the message goes out, its id after.
CREATE TABLE posts (
  customer_id uuid NOT NULL REFERENCES customers (id),
  key text NOT NULL,
  target jsonb NOT NULL,
  -- What to write; null for the card of a subject, which is drawn when it goes out, and after the message went out.
  content jsonb,
  subject text,
  state text NOT NULL CHECK (state IN ('planned', 'posting', 'posted', 'unknown', 'refused', 'gone')),
  service_url text,
  conversation_id text,
  activity_id text,
  -- What the copy shows: digest and decision.
  shown text,
  failure text,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, key)
);
CREATE INDEX posts_subject ON posts (customer_id, subject) WHERE subject IS NOT NULL;

-- Questions that a person has to answer.
CREATE TABLE hand_overs (
  customer_id uuid NOT NULL REFERENCES customers (id),
  id uuid NOT NULL,
  facts jsonb NOT NULL,
  taken_tenant_id uuid,
  taken_object_id uuid,
  taken_name text,
  taken_at timestamptz,
  opened_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, id)
);
