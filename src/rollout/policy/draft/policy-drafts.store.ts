import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../../store/transaction.ts';
import { CLASS_KINDS, SIGNED_KINDS } from '../../exceptions/exception-types.core.ts';
import type { PolicyDraft } from './draft.core.ts';
import type { DecidedDraft } from './draft-changes.core.ts';
import type { EffectRow } from './draft-effect.core.ts';

/** Stored shapes: a change needs a migration, or throwing the drafts away, which are drawn anew at the next look. */
const level = z.enum(['everywhere', 'partly', 'never', 'unknown']);
const change = z.enum(['asked', 'kept', 'more', 'less', 'blocked', 'leftOut', 'same', 'unknown']);
const answer = z.enum(['yes', 'no', 'partial', 'unknown']);
const known = z.enum(['yes', 'no', 'unknown']);
const ids = z.array(z.string());
const verdictOf = { accountId: z.string(), displayName: z.string(), after: level, why: z.string() };
const managedName = z.enum(['ENFORCE', 'OBSERVE']);

const draftSchema = z.object({
  digest: z.string(),
  policies: z.array(z.object({ name: managedName, json: z.json(), digest: z.string() })),
  groups: z.array(
    z.object({
      reference: z.string(),
      name: z.string(),
      purpose: z.enum(['direct', 'phase', 'breakGlass', 'exceptions']),
      phase: z.string().nullable(),
      id: z.string().nullable(),
      members: ids,
      add: ids,
    }),
  ),
  userSet: z.string(),
  sentences: z.object({ en: z.string(), de: z.string() }),
  difference: z.array(
    z.object({ policy: z.string(), path: z.string(), from: z.json(), to: z.json(), words: z.string() }),
  ),
  findings: z.array(
    z.object({
      code: z.string(),
      rule: z.string(),
      blocks: z.enum(['push', 'enforcement', 'nothing']),
      message: z.string(),
      clear: z.string(),
      accountIds: ids,
    }),
  ),
  notes: z.array(z.string()),
  counts: z.object({
    accounts: z.number(),
    blockedInDirectory: z.number(),
    stuck: z.number(),
    asked: z.number(),
    kept: z.number(),
    more: z.number(),
    less: z.number(),
    blocked: z.number(),
    leftOut: z.number(),
    same: z.number(),
    unknown: z.number(),
  }),
  stuck: z.array(
    z.object({
      accountId: z.string(),
      displayName: z.string(),
      department: z.string().nullable(),
      canAnswer: z.enum(['no', 'unknown']),
      why: z.string(),
    }),
  ),
  admins: z.array(
    z.object({
      ...verdictOf,
      role: z.enum(['active', 'eligible']),
      before: level,
      change,
      verdict: z.enum(['notReached', 'leftOut', 'canAnswer', 'lockedOut', 'unknown']),
    }),
  ),
  exceptions: z.array(
    z.object({
      ...verdictOf,
      kind: z.enum([...SIGNED_KINDS, ...CLASS_KINDS]),
      signed: z.boolean(),
      until: z.string().nullable(),
      verdict: z.enum(['leftOut', 'notReached', 'asked', 'unknown']),
    }),
  ),
  partner: z.object({
    before: answer,
    after: answer,
    blockedBefore: answer,
    blockedAfter: answer,
    why: z.string(),
  }),
});

const effectSchema = z.array(
  z.object({
    accountId: z.string(),
    before: level,
    after: level,
    change,
    reach: z.enum(['in', 'leftOut', 'out', 'unknown']),
    olderClientsFail: z.boolean(),
    coveredBy: z.object({ before: ids, after: ids }),
    canAnswer: known,
    isEnabled: z.boolean(),
    why: z.object({ before: z.string(), after: z.string() }),
  }),
);

const decidedSchema = draftSchema.pick({ policies: true, groups: true }).extend({
  // An older decision may lack a count or have one more.
  counts: z.record(z.string(), z.number()),
});

/** What a decision about a draft was about; undefined when it was kept in another form. */
export function readDecidedDraft(content: unknown): DecidedDraft | undefined {
  return decidedSchema.safeParse(content).data;
}

/** The draft as it was last drawn from inputs of this revision; undefined when they have changed since, or it never was. */
export async function readDraft(tx: Tx, revision: string): Promise<PolicyDraft | undefined> {
  const { rows } = await tx.execute<{ draft: unknown }>(
    sql`SELECT draft FROM policy_drafts WHERE revision = ${revision}`,
  );
  // A draft that an older version of the product stored in another form is drawn anew.
  return rows[0] === undefined ? undefined : draftSchema.safeParse(rows[0].draft).data;
}

/** What the stored draft would do to every account, in the order of the directory. */
export async function readEffect(tx: Tx, digest: string): Promise<EffectRow[]> {
  const { rows } = await tx.execute<{ effect: unknown }>(
    sql`SELECT effect FROM policy_drafts WHERE digest = ${digest}`,
  );
  return effectSchema.parse(rows[0]?.effect ?? []);
}

/** Makes who would draw the customer's draft wait for each other until the transaction ends. */
export async function lockDraft(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('policy-draft:' || app_customer(), 0))`);
}

export type StoredDraft = { revision: string; drawnAt: Date; draft: PolicyDraft; effect: readonly EffectRow[] };

/** Puts the draft in place of the one before, under the lock. Answers whether its digest is another one. */
export async function replaceDraft(tx: Tx, { revision, drawnAt, draft, effect }: StoredDraft): Promise<boolean> {
  const { rows } = await tx.execute<{ digest: string }>(sql`SELECT digest FROM policy_drafts`);
  await tx.execute(sql`
    INSERT INTO policy_drafts (customer_id, digest, revision, drawn_at, draft, effect)
    VALUES (app_customer(), ${draft.digest}, ${revision}, ${drawnAt.toISOString()}, ${JSON.stringify(draft)}::jsonb,
      ${JSON.stringify(effect)}::jsonb)
    ON CONFLICT (customer_id) DO UPDATE SET digest = excluded.digest, revision = excluded.revision,
      drawn_at = excluded.drawn_at, draft = excluded.draft, effect = excluded.effect`);
  return rows[0]?.digest !== draft.digest;
}
