import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/transaction.ts';
import type { Conversation, ConversationState, HandOver, Landed, Post, PostTarget } from './conversations.core.ts';

const conversationRow = z
  .object({
    tenant_id: z.string(),
    kind: z.enum(['personal', 'channel', 'groupChat']),
    party: z.string(),
    conversation_id: z.string(),
    service_url: z.string(),
    bot_id: z.string(),
    user_id: z.string().nullable(),
    team_id: z.string().nullable(),
    state: z.enum(['installed', 'blocked', 'removed']),
  })
  .transform(
    (row): Conversation => ({
      tenantId: row.tenant_id,
      kind: row.kind,
      party: row.party,
      conversationId: row.conversation_id,
      serviceUrl: row.service_url,
      botId: row.bot_id,
      userId: row.user_id,
      teamId: row.team_id,
      state: row.state,
    }),
  );

/** A stored shape: a change needs a migration. */
const target = z.discriminatedUnion('to', [
  z.object({
    to: z.literal('conversation'),
    tenantId: z.string(),
    conversationId: z.string(),
    serviceUrl: z.string(),
    party: z.string(),
  }),
  z.object({ to: z.literal('person'), tenantId: z.string(), objectId: z.string() }),
  z.object({ to: z.literal('channel'), tenantId: z.string(), channelId: z.string(), teamId: z.string().nullable() }),
]);

const postRow = z
  .object({
    key: z.string(),
    target,
    content: z.json().nullable(),
    subject: z.string().nullable(),
    state: z.enum(['planned', 'posting', 'posted', 'unknown', 'refused', 'gone']),
    service_url: z.string().nullable(),
    conversation_id: z.string().nullable(),
    activity_id: z.string().nullable(),
    shown: z.string().nullable(),
    failure: z.string().nullable(),
    updated_at: z.coerce.date(),
  })
  .transform(
    ({ service_url, conversation_id, activity_id, updated_at, ...row }): Post => ({
      ...row,
      serviceUrl: service_url,
      conversationId: conversation_id,
      activityId: activity_id,
      updatedAt: updated_at.toISOString(),
    }),
  );

/** Takes over what an activity tells about its conversation; what it does not tell stays as it was. */
export async function upsertConversation(tx: Tx, seen: Conversation, at: Date): Promise<void> {
  await tx.execute(sql`
    INSERT INTO conversations AS known (customer_id, tenant_id, kind, party, conversation_id, service_url, bot_id, user_id, team_id, state, updated_at)
    VALUES (app_customer(), ${seen.tenantId}, ${seen.kind}, ${seen.party}, ${seen.conversationId}, ${seen.serviceUrl}, ${seen.botId},
      ${seen.userId}, ${seen.teamId}, ${seen.state}, ${at.toISOString()})
    ON CONFLICT (customer_id, tenant_id, kind, party) DO UPDATE SET
      conversation_id = excluded.conversation_id, service_url = excluded.service_url, bot_id = excluded.bot_id,
      user_id = coalesce(excluded.user_id, known.user_id), team_id = coalesce(excluded.team_id, known.team_id),
      state = excluded.state, updated_at = excluded.updated_at`);
}

/** Notes that the bot may not write there any more. A team that removed the app takes all its channels with it. */
export async function setConversationState(
  tx: Tx,
  where: { tenantId: string; party?: string; teamId?: string },
  state: ConversationState,
  at: Date,
): Promise<void> {
  await tx.execute(sql`
    UPDATE conversations SET state = ${state}, updated_at = ${at.toISOString()}
    WHERE tenant_id = ${where.tenantId} AND (party = ${where.party ?? null} OR team_id = ${where.teamId ?? null})`);
}

/** Every conversation of the customer, the one heard from last first. */
export async function readConversations(tx: Tx): Promise<Conversation[]> {
  const { rows } = await tx.execute(sql`SELECT * FROM conversations ORDER BY updated_at DESC, party COLLATE "C"`);
  return rows.map((row) => conversationRow.parse(row));
}

/** One conversation; undefined when nothing was ever heard from it. */
export async function readConversation(
  tx: Tx,
  where: Pick<Conversation, 'tenantId' | 'kind' | 'party'>,
): Promise<Conversation | undefined> {
  const { rows } = await tx.execute(sql`
    SELECT * FROM conversations WHERE tenant_id = ${where.tenantId} AND kind = ${where.kind} AND party = ${where.party}`);
  return rows[0] === undefined ? undefined : conversationRow.parse(rows[0]);
}

/** The address a tenant was last heard from; undefined when it never was. */
export async function readServiceUrl(tx: Tx, tenantId: string): Promise<string | undefined> {
  const { rows } = await tx.execute<{ service_url: string }>(sql`
    SELECT service_url FROM conversations WHERE tenant_id = ${tenantId} ORDER BY updated_at DESC LIMIT 1`);
  return rows[0]?.service_url;
}

export type Delivery = { conversationId: string; activityId: string };

/** Claims an activity; false when it was handled before. Somebody else's unfinished claim is waited for. */
export async function claimActivity(tx: Tx, { conversationId, activityId }: Delivery, at: Date): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    INSERT INTO handled_activities (customer_id, conversation_id, activity_id, answer, handled_at)
    VALUES (app_customer(), ${conversationId}, ${activityId}, 'null', ${at.toISOString()})
    ON CONFLICT DO NOTHING RETURNING activity_id`);
  return rows.length > 0;
}

/** Keeps the answer beside the claim of the same transaction. */
export async function keepAnswer(tx: Tx, { conversationId, activityId }: Delivery, answer: Json): Promise<void> {
  await tx.execute(sql`
    UPDATE handled_activities SET answer = ${JSON.stringify(answer)}::jsonb
    WHERE conversation_id = ${conversationId} AND activity_id = ${activityId}`);
}

/** The answer that was given; null when there is none. */
export async function readAnswer(tx: Tx, { conversationId, activityId }: Delivery): Promise<unknown> {
  const { rows } = await tx.execute<{ answer: unknown }>(sql`
    SELECT answer FROM handled_activities WHERE conversation_id = ${conversationId} AND activity_id = ${activityId}`);
  return rows[0]?.answer ?? null;
}

/** Forgets answers given before that moment. */
export async function forgetAnswers(tx: Tx, before: Date): Promise<void> {
  await tx.execute(sql`DELETE FROM handled_activities WHERE handled_at < ${before.toISOString()}`);
}

/** Plans a message; false when one of this key was planned before. */
export async function insertPost(
  tx: Tx,
  post: { key: string; target: PostTarget; content: Json | null; subject: string | null },
  at: Date,
): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    INSERT INTO posts (customer_id, key, target, content, subject, state, updated_at)
    VALUES (app_customer(), ${post.key}, ${JSON.stringify(post.target)}::jsonb,
      ${post.content === null ? null : JSON.stringify(post.content)}::jsonb, ${post.subject}, 'planned', ${at.toISOString()})
    ON CONFLICT DO NOTHING RETURNING key`);
  return rows.length > 0;
}

/** One message; undefined when none of this key was planned. */
export async function readPost(tx: Tx, key: string): Promise<Post | undefined> {
  const { rows } = await tx.execute(sql`SELECT * FROM posts WHERE key = ${key}`);
  return rows[0] === undefined ? undefined : postRow.parse(rows[0]);
}

/** Every copy of a subject's card that is out. */
export async function readCopies(tx: Tx, subject: string): Promise<Post[]> {
  const { rows } = await tx.execute(
    sql`SELECT * FROM posts WHERE subject = ${subject} AND state = 'posted' ORDER BY key COLLATE "C"`,
  );
  return rows.map((row) => postRow.parse(row));
}

/** Notes how a message stands; its content is forgotten once it went out. */
export async function updatePost(
  tx: Tx,
  key: string,
  change: { state: Post['state']; landed?: Landed; shown?: string; failure?: string },
  at: Date,
): Promise<void> {
  const { state, landed, shown, failure } = change;
  await tx.execute(sql`
    UPDATE posts SET state = ${state}, failure = ${failure ?? null}, updated_at = ${at.toISOString()},
      content = CASE WHEN ${state} IN ('posted', 'gone') THEN NULL ELSE content END,
      service_url = coalesce(${landed?.serviceUrl ?? null}, service_url),
      conversation_id = coalesce(${landed?.conversationId ?? null}, conversation_id),
      activity_id = coalesce(${landed?.activityId ?? null}, activity_id), shown = coalesce(${shown ?? null}, shown)
    WHERE key = ${key}`);
}

/**
 * Keys of messages that nothing reads any more, at most so many: last touched before that moment, their job done, and
 * nothing of them out that is brought up to date. A card of a question counts as out until somebody took the question.
 */
export async function readOldPosts(tx: Tx, before: Date, max: number): Promise<string[]> {
  const { rows } = await tx.execute<{ key: string }>(sql`
    SELECT key FROM posts p
    WHERE updated_at < ${before.toISOString()}::timestamptz AND state NOT IN ('planned', 'posting')
      AND (subject IS NULL OR state IN ('refused', 'gone') OR EXISTS (
        SELECT FROM hand_overs h WHERE 'handOver:' || h.id::text = p.subject
          AND h.taken_at < ${before.toISOString()}::timestamptz))
      AND NOT EXISTS (SELECT FROM outbox o
        WHERE o.customer_id = p.customer_id AND o.key = 'bot.post:' || p.key AND o.state <> 'done')
    ORDER BY key COLLATE "C" LIMIT ${max}`);
  return rows.map(({ key }) => key);
}

/** Forgets messages. */
export async function deletePosts(tx: Tx, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.execute(
    sql`DELETE FROM posts WHERE key IN (${sql.join(
      keys.map((key) => sql`${key}`),
      sql`, `,
    )})`,
  );
}

/** Ids of questions that somebody took before that moment and that no message tells of any more, at most so many. */
export async function readOldHandOvers(tx: Tx, before: Date, max: number): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    SELECT id::text FROM hand_overs h
    WHERE taken_at < ${before.toISOString()}::timestamptz
      AND NOT EXISTS (SELECT FROM posts p WHERE p.subject = 'handOver:' || h.id::text)
    ORDER BY id LIMIT ${max}`);
  return rows.map(({ id }) => id);
}

/** Forgets questions. */
export async function deleteHandOvers(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.execute(
    sql`DELETE FROM hand_overs WHERE id IN (${sql.join(
      ids.map((id) => sql`${id}::uuid`),
      sql`, `,
    )})`,
  );
}

const handOverRow = z
  .object({
    id: z.string(),
    facts: z.json(),
    taken_tenant_id: z.string().nullable(),
    taken_object_id: z.string().nullable(),
    taken_name: z.string().nullable(),
    taken_at: z.coerce.date().nullable(),
  })
  .transform((row): HandOver => {
    const { taken_tenant_id: tenantId, taken_object_id: objectId, taken_at: at } = row;
    const isTaken = tenantId !== null && objectId !== null && at !== null;
    const taken = isTaken ? { by: { tenantId, objectId }, displayName: row.taken_name, at: at.toISOString() } : null;
    return { id: row.id, facts: row.facts, taken };
  });

/** Opens a hand-over; false when there is one of this id. */
export async function insertHandOver(tx: Tx, { id, facts }: { id: string; facts: Json }, at: Date): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    INSERT INTO hand_overs (customer_id, id, facts, opened_at)
    VALUES (app_customer(), ${id}, ${JSON.stringify(facts)}::jsonb, ${at.toISOString()})
    ON CONFLICT DO NOTHING RETURNING id`);
  return rows.length > 0;
}

/** One hand-over; undefined when there is none of this id. */
export async function readHandOver(tx: Tx, id: string): Promise<HandOver | undefined> {
  const { rows } = await tx.execute(sql`SELECT * FROM hand_overs WHERE id = ${id}`);
  return rows[0] === undefined ? undefined : handOverRow.parse(rows[0]);
}

/** Takes a hand-over that nobody took yet; false when somebody did. */
export async function takeHandOver(
  tx: Tx,
  id: string,
  taken: { tenantId: string; objectId: string; displayName: string | null; at: Date },
): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    UPDATE hand_overs SET taken_tenant_id = ${taken.tenantId}, taken_object_id = ${taken.objectId},
      taken_name = ${taken.displayName}, taken_at = ${taken.at.toISOString()}
    WHERE id = ${id} AND taken_at IS NULL RETURNING id`);
  return rows.length > 0;
}
