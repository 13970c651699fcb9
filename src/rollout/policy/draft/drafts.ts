import { z } from 'zod';
import type { Json } from '../../../lib/canonical-json.ts';
import type { Clock } from '../../../lib/clock.ts';
import { digestOf } from '../../../lib/digest.ts';
import { AppError } from '../../../lib/errors.ts';
import type { StopPoint } from '../../../lib/stop-point.ts';
import type { Database, Tx } from '../../../store/database.ts';
import { appendJournal } from '../../../store/journal.ts';
import { enqueue } from '../../../store/outbox.ts';
import { defineJob, type JobKinds, type RunningJob } from '../../../work/job.ts';
import { type Actor, journalActor, may, type Right, rolesFor } from '../../access/access.core.ts';
import type { Access } from '../../access/access.ts';
import type { Decision, DecisionOutcome, Press } from '../../approvals/approvals.core.ts';
import { decidedContent, latestDecision, recordDecision } from '../../approvals/approvals.ts';
import { type MayDecide, mayDecide, stale } from '../../approvals/sign-off.ts';
import type { Customer, Customers } from '../../customers/customers.ts';
import { drilledIn } from '../../emergency/drilled.ts';
import { EMERGENCY_SUBJECT } from '../../emergency/emergency-deps.ts';
import { procedureIn } from '../../phases/phases.ts';
import type { Syncs } from '../../snapshots/syncs.ts';
import { readManaged } from '../push/push.store.ts';
import type { DrawnDraft, PolicyDraft } from './draft.core.ts';
import { draftFrom } from './draft-answer.ts';
import { changesSinceDecision, type DraftChanges } from './draft-changes.core.ts';
import type { EffectRow } from './draft-effect.core.ts';
import { lockDraft, readDecidedDraft, readDraft, readEffect, replaceDraft } from './policy-drafts.store.ts';

/** How the draft stands with those who decide. `outdated`: decided earlier, and the content changed since. */
export type DraftState = { state: 'open' } | { state: 'approved' | 'held' | 'outdated'; decision: Decision };

/** The draft as somebody who may decide sees it. `sentence` is the English one of `sentences`. */
export type DraftReview = PolicyDraft & {
  sentence: string;
  state: DraftState;
  /** In what an outdated draft differs from the decided one; null otherwise, or when that cannot be told. */
  changes: DraftChanges | null;
  mayDecide: MayDecide;
};

export type DraftPress = Pick<Press, 'digest' | 'seen'> & { verdict: 'approved' | 'held' };

export type PolicyDrafts = {
  /** The job `policyDraft.draw`: draws after a reading what the first who looks would wait for. */
  kinds: JobKinds;
  /**
   * The draft of what is stored now. Drawn anew only when something it rests on changed; a new digest is journalled as
   * `policy.draft.drawn` and refreshes the cards. Refuses with `snapshot_part_missing` before the first sync.
   */
  draw(customer: Customer, by: Json): Promise<DrawnDraft>;
  /** How a draft stands with those who decide. */
  state(customer: Customer, draft: Pick<PolicyDraft, 'digest'>): Promise<DraftState>;
  /** The same for somebody who may see it, with how it stands. Refuses anybody else with `not_yours_to_see`. */
  review(customer: Customer, actor: Actor): Promise<DraftReview>;
  /** What the draft would do to every account. Refuses as `review` does. */
  effect(customer: Customer, actor: Actor): Promise<EffectRow[]>;
  /**
   * Approves or holds the draft of this digest. The right is asked for again in the deciding transaction. A draft that
   * changed since it was shown is `stale`; one with a finding that forbids the push cannot be approved and is refused
   * with that finding's code; a second press on the same content answers `already`.
   */
  decide(customer: Customer, actor: Actor, press: DraftPress): Promise<DecisionOutcome>;
};

export type PolicyDraftsDeps = {
  database: Database;
  customers: Pick<Customers, 'find'>;
  clock: Clock;
  access: Pick<Access, 'actorOf'>;
  stopPoint: StopPoint;
  syncs: Pick<Syncs, 'derived' | 'exceptions' | 'readings'>;
};

/** Creates the drawing, showing and deciding of the policy draft. */
export function createPolicyDrafts(deps: PolicyDraftsDeps): PolicyDrafts {
  const { database } = deps;
  return {
    kinds: {
      'policyDraft.draw': defineJob({ payload: z.strictObject({}), handle: (_none, job) => drawAhead(deps, job) }),
    },
    draw: (customer, by) =>
      database.withCustomer(customer.id, async (tx) => {
        const draft = await currentDraft(deps, tx, { customer, by });
        return { draft, effect: await readEffect(tx, draft.digest) };
      }),
    state: (customer, { digest }) =>
      database.withCustomer(customer.id, async (tx) => stateOf(await latestDecision(tx, 'policyDraft'), digest)),
    review: (customer, actor) =>
      database.withCustomer(customer.id, async (tx) => {
        requireRight(actor, 'seePolicyDraft');
        const draft = await currentDraft(deps, tx, { customer, by: journalActor(actor) });
        const state = stateOf(await latestDecision(tx, 'policyDraft'), draft.digest);
        const changes = await changesIn(tx, state, draft);
        const permission = mayDecide(actor, 'decidePolicyDraft');
        return { ...draft, sentence: draft.sentences.en, state, changes, mayDecide: permission };
      }),
    effect: (customer, actor) =>
      database.withCustomer(customer.id, async (tx) => {
        requireRight(actor, 'seePolicyDraft');
        const draft = await currentDraft(deps, tx, { customer, by: journalActor(actor) });
        return readEffect(tx, draft.digest);
      }),
    decide: (customer, actor, press) =>
      database.withCustomer(customer.id, (tx) => decide(deps, tx, { customer, actor, press })),
  };
}

/** Raised when drawing changes, so that stored drafts are drawn anew. */
const DRAWING = 4;

type Drawing = { customer: Customer; by: Json };

async function currentDraft(deps: PolicyDraftsDeps, tx: Tx, { customer, by }: Drawing): Promise<PolicyDraft> {
  const revision = await revisionOf(deps, tx, customer);
  const kept = await readDraft(tx, revision);
  if (kept !== undefined) return kept;
  // Of several who find none the first one draws and the others take his.
  await lockDraft(tx);
  const drawn = await readDraft(tx, revision);
  if (drawn !== undefined) return drawn;
  const standing = { owned: await readManaged(tx), procedure: await procedureIn(tx) };
  const basis = await deps.syncs.derived(customer);
  const { draft, effect } = draftFrom(basis, await deps.syncs.exceptions(customer), standing);
  const drawnAt = new Date(deps.clock.now());
  if (await replaceDraft(tx, { revision, drawnAt, draft, effect })) {
    const { digest, userSet, policies, counts } = draft;
    const facts = { digest, userSet, policies: policies.map(({ name, digest: of }) => ({ name, digest: of })), counts };
    const entry = await appendJournal(tx, { at: drawnAt, actor: by, event: 'policy.draft.drawn', facts });
    const payload = { subject: 'policyDraft' };
    // A draft may come back to an earlier digest, so that the entry names the effect.
    await enqueue(tx, { kind: 'cards.refresh', key: `cards.refresh:drawn-${entry.seq}`, payload, dueAt: drawnAt });
  }
  deps.stopPoint('policyDraft.drawing');
  return draft;
}

async function drawAhead(deps: PolicyDraftsDeps, { customerId }: RunningJob): Promise<undefined> {
  const customer = await deps.customers.find(customerId);
  const by = { kind: 'system', name: 'sync' };
  try {
    await deps.database.withCustomer(customerId, (tx) => currentDraft(deps, tx, { customer, by }));
  } catch (error) {
    // Before accounts were read there is nothing to draw, which whoever asks is told.
    if (!(error instanceof AppError && error.code === 'snapshot_part_missing')) throw error;
  }
  return undefined;
}

/** Names everything a draft is drawn from: the readings, the settings, the signature of the exceptions. */
async function revisionOf({ syncs }: PolicyDraftsDeps, tx: Tx, customer: Customer): Promise<string> {
  const readings = await syncs.readings(customer);
  const signature = await latestDecision(tx, 'exceptions');
  return digestOf({
    drawing: DRAWING,
    readings: readings.map(({ source, readAt, state }): Json => [source, state, readAt?.toISOString() ?? null]),
    settings: digestOf(customer.settings as unknown as Json),
    signature: signature?.id ?? null,
    procedure: digestOf((await procedureIn(tx)) as unknown as Json),
    owned: (await readManaged(tx)).map(({ objectId, fingerprint }): Json => [objectId, fingerprint]),
  });
}

type Deciding = { customer: Customer; actor: Actor; press: DraftPress };

async function decide(deps: PolicyDraftsDeps, tx: Tx, { customer, actor, press }: Deciding): Promise<DecisionOutcome> {
  // The role may have been taken away while the page was open.
  const now = await deps.access.actorOf(actor.identity, customer.id);
  const permission = mayDecide(now, 'decidePolicyDraft');
  if (!permission.yes) return { outcome: 'refused', code: 'not_your_decision', message: permission.why };
  const draft = await currentDraft(deps, tx, { customer, by: journalActor(actor) });
  if (draft.digest !== press.digest) return stale(draft.digest);
  const blocking = draft.findings.find((finding) => finding.blocks === 'push');
  if (press.verdict === 'approved' && blocking !== undefined) {
    return { outcome: 'refused', code: blocking.code, message: `${blocking.message} ${blocking.clear}` };
  }
  const outcome = await recordDecision(tx, {
    subject: 'policyDraft',
    digest: press.digest,
    verdict: press.verdict,
    seen: press.seen,
    actor: { ...now, displayName: now.displayName ?? actor.displayName },
    at: new Date(deps.clock.now()),
    content: contentOf(draft),
  });
  if (outcome.outcome === 'recorded' && press.verdict === 'approved') {
    await askForDrills(deps, tx, { customer, decision: outcome.decision.id });
  }
  deps.stopPoint('policyDraft.deciding');
  return outcome;
}

/** Nothing is pushed before each break-glass account was drilled (S2): whoever decides gets the card that starts drills. */
async function askForDrills(deps: PolicyDraftsDeps, tx: Tx, about: { customer: Customer; decision: string }) {
  const { customer, decision } = about;
  const drilled = await drilledIn(tx, customer, deps.clock.now());
  if (customer.settings.declared.breakGlass.every((accountId) => drilled.has(accountId))) return;
  const payload = { subject: EMERGENCY_SUBJECT, occasion: `approved-${decision}`, toDeciders: true };
  const key = `cards.post:${EMERGENCY_SUBJECT}:approved-${decision}`;
  await enqueue(tx, { kind: 'cards.post', key, payload, dueAt: new Date(deps.clock.now()) });
}

/** What was decided about, complete enough to push it and to prove it later; names of people are no part of it. */
function contentOf({ policies, groups, userSet, sentences, findings, counts, difference }: PolicyDraft): Json {
  const remarks = findings.map(({ code, rule, blocks, accountIds }) => ({ code, rule, blocks, accountIds }));
  return { policies, groups, userSet, sentences, findings: remarks, counts, difference };
}

function stateOf(decision: Decision | undefined, digest: string): DraftState {
  if (decision === undefined) return { state: 'open' };
  if (decision.digest !== digest) return { state: 'outdated', decision };
  return { state: decision.verdict === 'held' ? 'held' : 'approved', decision };
}

async function changesIn(tx: Tx, state: DraftState, draft: PolicyDraft): Promise<DraftChanges | null> {
  if (state.state !== 'outdated') return null;
  // The newest decision of this verdict is the newest of all.
  const decided = readDecidedDraft(await decidedContent(tx, 'policyDraft', state.decision.verdict));
  return decided === undefined ? null : changesSinceDecision(decided, draft);
}

function requireRight(actor: Actor, right: Right): void {
  if (may(actor, right)) return;
  const userMessage = `Only somebody with the role ${rolesFor(right).join(' or ')} sees this. Your engineer can grant it.`;
  throw new AppError('not_yours_to_see', userMessage, { userMessage });
}
