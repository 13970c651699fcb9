import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';

/** A stored shape: a change needs a migration. */
const channelRow = z
  .object({
    team_id: z.string(),
    state: z.enum(['opening', 'open', 'refused']),
    channel_id: z.string().nullable(),
    name: z.string().nullable(),
    web_url: z.string().nullable(),
    teams_app_id: z.string().nullable(),
    tabs: z.partialRecord(z.enum(['app', 'guide', 'faq']), z.string()),
    begun: z.object({ step: z.string(), at: z.number() }).nullable(),
    run: z.object({
      key: z.string(),
      did: z.array(z.string()),
      failure: z.object({ code: z.string(), message: z.string() }).nullable(),
    }),
  })
  .transform((row) => ({
    teamId: row.team_id,
    state: row.state,
    channelId: row.channel_id,
    name: row.name,
    webUrl: row.web_url,
    teamsAppId: row.teams_app_id,
    tabs: row.tabs,
    begun: row.begun,
    run: row.run,
  }));

/** A customer's help channel as it was last seen, and how the last opening of it went. */
export type ChannelRow = z.output<typeof channelRow>;

const COLUMNS = sql.raw('team_id::text, state, channel_id, name, web_url, teams_app_id, tabs, begun, run');

/** Lets the others who would open this customer's channel wait until the transaction ends. */
export async function lockChannel(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('helpdesk-channel:' || app_customer()::text, 0))`);
}

/** The channel of the transaction's customer; null before it was first asked for. */
export async function readChannel(tx: Tx): Promise<ChannelRow | null> {
  const { rows } = await tx.execute(sql`SELECT ${COLUMNS} FROM helpdesk_channels`);
  return rows[0] === undefined ? null : channelRow.parse(rows[0]);
}

/** Makes this what is known of the channel. */
export async function saveChannel(tx: Tx, row: ChannelRow, at: Date): Promise<void> {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  await tx.execute(sql`
    INSERT INTO helpdesk_channels
      (customer_id, team_id, state, channel_id, name, web_url, teams_app_id, tabs, begun, run, updated_at)
    VALUES (app_customer(), ${row.teamId}::uuid, ${row.state}, ${row.channelId}, ${row.name}, ${row.webUrl},
      ${row.teamsAppId}, ${json(row.tabs)}::jsonb, ${json(row.begun)}::jsonb, ${json(row.run)}::jsonb,
      ${at.toISOString()}::timestamptz)
    ON CONFLICT (customer_id) DO UPDATE SET team_id = excluded.team_id, state = excluded.state,
      channel_id = excluded.channel_id, name = excluded.name, web_url = excluded.web_url,
      teams_app_id = excluded.teams_app_id, tabs = excluded.tabs, begun = excluded.begun, run = excluded.run,
      updated_at = excluded.updated_at`);
}

/** Whether the effect of this key is still to be brought about. */
export async function isUnderWay(tx: Tx, key: string): Promise<boolean> {
  const { rows } = await tx.execute(
    sql`SELECT 1 FROM outbox WHERE customer_id = app_customer() AND key = ${key} AND state IN ('waiting', 'queued')`,
  );
  return rows.length > 0;
}
