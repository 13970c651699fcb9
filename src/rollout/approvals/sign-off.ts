import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { shortDigest } from '../../lib/digest.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database, Tx } from '../../store/database.ts';
import { enqueue } from '../../store/outbox.ts';
import { type Actor, may, type Right, rolesFor } from '../access/access.core.ts';
import type { Access } from '../access/access.ts';
import type { Customer } from '../customers/customers.ts';
import { canonicalRows } from '../exceptions/exception-table.core.ts';
import type { ExceptionKind, ExceptionRow, ExceptionTable } from '../exceptions/exception-types.core.ts';
import { changesSince, countByKind, type SignatureChanges } from '../exceptions/signature.core.ts';
import type { Decision, DecisionOutcome } from './approvals.core.ts';
import { decidedContent, latestDecision, recordDecision } from './approvals.ts';

/** Whether this actor may decide, and the sentence that says why not. */
export type MayDecide = { yes: true } | { yes: false; why: string };

export type Signature =
  | { state: 'unsigned' }
  | { state: 'signed'; decision: Decision }
  /** Signed earlier; the content changed since. `changes` names accounts: null for who may not see names. */
  | { state: 'outdated'; decision: Decision; changes: SignatureChanges | null };

/** The exception table as one person may see it. */
export type ExceptionReview = {
  digest: string;
  counts: { total: number; byKind: Partial<Record<ExceptionKind, number>> };
  /** Null for an actor who may not see who is carved out. */
  rows: ExceptionRow[] | null;
  /** What is left open beside the rows; null with them. */
  open: Pick<ExceptionTable, 'candidates' | 'conflicts' | 'classes' | 'unknown'> | null;
  markdown: string | null;
  signature: Signature;
  mayDecide: MayDecide;
};

export type SignOff = {
  /** The table as it stands now, cut to what the actor may see. Refuses with `snapshot_part_missing` before a sync. */
  review(customer: Customer, actor: Actor): Promise<ExceptionReview>;
  /** Whether the table as it stands now is signed. Refuses as `review` does. */
  state(customer: Customer): Promise<Signature['state']>;
  /**
   * Signs the table of this digest. The right is asked for again in the deciding transaction; a table that changed since
   * it was shown is `stale`, a second signature on the same one `already`.
   */
  sign(customer: Customer, actor: Actor, digest: string): Promise<DecisionOutcome>;
};

export type SignOffDeps = {
  database: Database;
  clock: Clock;
  access: Pick<Access, 'actorOf'>;
  stopPoint: StopPoint;
  /** The exception table of what is stored now. */
  exceptions(customer: Customer): Promise<ExceptionTable & { digest: string; markdown: string }>;
  /** Hears of a signature in the transaction that keeps it: what was signed is to be left out at once. */
  onSigned?(tx: Tx, signature: { cause: string; at: Date }): Promise<unknown>;
};

/** Creates the signing of the exception table. */
export function createSignOff(deps: SignOffDeps): SignOff {
  return {
    review: async (customer, actor) => {
      const table = await deps.exceptions(customer);
      const { latest, signedRows } = await deps.database.withCustomer(customer.id, async (tx) => ({
        latest: await latestDecision(tx, 'exceptions'),
        signedRows: await signedRowsIn(tx),
      }));
      const sees = may(actor, 'seeExceptions');
      const { exceptions, digest, markdown, candidates, conflicts, classes, unknown } = table;
      return {
        digest,
        counts: { total: exceptions.length, byKind: countByKind(exceptions) },
        rows: sees ? exceptions : null,
        open: sees ? { candidates, conflicts, classes, unknown } : null,
        markdown: sees ? markdown : null,
        signature: signatureOf(latest, digest, sees ? changesSince(exceptions, signedRows) : null),
        mayDecide: mayDecide(actor, 'signExceptions'),
      };
    },
    state: async (customer) => {
      const { digest } = await deps.exceptions(customer);
      const latest = await deps.database.withCustomer(customer.id, (tx) => latestDecision(tx, 'exceptions'));
      return signatureOf(latest, digest, null).state;
    },
    sign: (customer, actor, digest) =>
      deps.database.withCustomer(customer.id, async (tx) => {
        // The role may have been taken away while the page was open.
        const now = await deps.access.actorOf(actor.identity, customer.id);
        const permission = mayDecide(now, 'signExceptions');
        if (!permission.yes) return { outcome: 'refused', code: 'not_your_decision', message: permission.why };
        const table = await deps.exceptions(customer);
        if (table.digest !== digest) return stale(table.digest);
        const content = canonicalRows(table.exceptions);
        const at = new Date(deps.clock.now());
        const press = { subject: 'exceptions', digest, verdict: 'signed' } as const;
        const outcome = await recordDecision(tx, { ...press, actor: withName(actor, now), at, content });
        if (outcome.outcome === 'recorded') {
          await refreshDraftCards(tx, outcome.decision, at);
          await deps.onSigned?.(tx, { cause: outcome.decision.id, at });
        }
        deps.stopPoint('exceptions.signing');
        return outcome;
      }),
  };
}

/** What was signed is carved out by the policy draft, whose cards would go on showing the draft without it. */
function refreshDraftCards(tx: Tx, decision: Decision, dueAt: Date): Promise<unknown> {
  const payload = { subject: 'policyDraft' };
  return enqueue(tx, { kind: 'cards.refresh', key: `cards.refresh:${decision.id}:draft`, payload, dueAt });
}

/** The rows of the last signed table; none before a signature. */
export async function signedRowsIn(tx: Tx): Promise<Json[]> {
  const content = await decidedContent(tx, 'exceptions', 'signed');
  return Array.isArray(content) ? (content as Json[]) : [];
}

/** Whether the actor may decide; the sentence names the roles that may. */
export function mayDecide(actor: Actor, right: Right): MayDecide {
  if (may(actor, right)) return { yes: true };
  const roles = rolesFor(right).join(' or ');
  return { yes: false, why: `Only somebody with the role ${roles} decides this. Your engineer can grant it.` };
}

/** The answer to a press on content that changed since it was shown. */
export function stale(currentDigest: string): DecisionOutcome {
  const message = `This has changed since it was shown to you. Look at the present state (${shortDigest(currentDigest)}) and decide on that.`;
  return { outcome: 'stale', currentDigest, message };
}

function signatureOf(latest: Decision | undefined, digest: string, changes: SignatureChanges | null): Signature {
  if (latest === undefined) return { state: 'unsigned' };
  return latest.digest === digest
    ? { state: 'signed', decision: latest }
    : { state: 'outdated', decision: latest, changes };
}

/** A grant's name is what the engineer wrote; a verified token or activity may know the person's own. */
function withName(pressed: Actor, now: Actor): Actor {
  return { ...now, displayName: now.displayName ?? pressed.displayName };
}
