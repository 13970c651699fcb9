/** What is put before people to decide, as the API gives it; computed once per person and state of the customer. */
import {
  type DraftChanges,
  type DraftReview,
  type ExceptionReview,
  type ExceptionRow,
  LISTED_PEOPLE_MAX,
  type PolicyDifference,
  STUCK_MAX,
} from '../contract.ts';
import type { Json } from '../lib/canonical-json.ts';
import { AppError } from '../lib/errors.ts';
import { type Actor, may } from '../rollout/access/access.core.ts';
import type { ExceptionReview as Review, SignOff } from '../rollout/approvals/sign-off.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import type { DraftReview as Draft, PolicyDrafts } from '../rollout/policy/draft/drafts.ts';
import type { Revision } from '../rollout/snapshots/revision.ts';
import { createKept } from './kept.ts';

/** Who asks, about which customer, in which state. */
export type Asker = { customer: Customer; actor: Actor; revision: Revision };

export type Reviews = {
  exceptions(asker: Asker): Promise<Review>;
  draft(asker: Asker): Promise<Draft>;
};

const KEPT_MAX = 200;

/** Creates the reviews. A draft's what-if and the exception table read everything, so each answer is kept for a while. */
export function createReviews({ signOff, drafts }: { signOff: SignOff; drafts: PolicyDrafts }): Reviews {
  const exceptions = createKept<Review>(KEPT_MAX);
  const draft = createKept<Draft>(KEPT_MAX);
  return {
    exceptions: (asker) => exceptions(keyOf(asker), () => signOff.review(asker.customer, asker.actor)),
    draft: (asker) => draft(keyOf(asker), () => drafts.review(asker.customer, asker.actor)),
  };
}

function keyOf({ actor, revision }: Asker): string {
  return JSON.stringify([actor.customerId, actor.identity, actor.roles, revision.all]);
}

/** The exception table as the tab gets it. */
export function exceptionAnswer(
  review: Review,
  { revision, nameOf }: { revision: string; nameOf(accountId: string): string | null },
): ExceptionReview {
  const { digest, counts, rows, markdown, signature, mayDecide } = review;
  return {
    ...{ revision, digest, markdown, signature, mayDecide },
    counts: { total: counts.total, byKind: { ...counts.byKind } as Record<string, number> },
    rows: rows === null ? null : rows.map((row) => exceptionRow(row, nameOf)),
  };
}

/** One row of it, its owner named. */
export function exceptionRow(
  row: NonNullable<Review['rows']>[number],
  nameOf: (accountId: string) => string | null,
): ExceptionRow {
  const { accountId, why } = row.owner;
  return { ...row, owner: { accountId, why, name: accountId === null ? null : nameOf(accountId) } };
}

/** The exception of one account: null when there is none, undefined when the actor may not know. */
export async function exceptionOf(
  reviews: Reviews,
  asker: Asker,
  { accountId, nameOf }: { accountId: string; nameOf(accountId: string): string | null },
): Promise<ExceptionRow | null | undefined> {
  if (!may(asker.actor, 'seeExceptions')) return undefined;
  const review = await reviews.exceptions(asker).catch(unlessRefused);
  const row = review?.rows?.find((one) => one.accountId === accountId);
  return row === undefined ? null : exceptionRow(row, nameOf);
}

/** What is not there yet (nothing was read) is undefined; a fault stays one. */
export function unlessRefused(error: unknown): undefined {
  if (error instanceof AppError && error.userMessage !== undefined) return undefined;
  throw error;
}

/** The policy draft as the tab gets it. */
export function draftAnswer(
  draft: Draft,
  { revision, nameOf }: { revision: string; nameOf(accountId: string): string | null },
): DraftReview {
  const { digest, sentence, sentences, notes, mayDecide } = draft;
  return {
    ...{ revision, digest, sentence, sentences, notes, mayDecide },
    state: stateAnswer(draft, nameOf),
    policies: draft.policies.map(({ name, json, digest: of }) => ({ name, json: indented(json), digest: of })),
    difference: draft.difference.map(({ policy, path, from, to, words }) => ({
      ...{ policy, path, words, change: changeOf(from, to) },
      live: textOf(from),
      draft: textOf(to),
    })),
    ...stuckAnswer(draft),
    findings: draft.findings.map(({ code, message, blocks, clear, accountIds }) => ({
      ...{ code, message, blocks },
      clear: clear === '' ? null : clear,
      peopleCount: accountIds.length,
      people: accountIds
        .slice(0, LISTED_PEOPLE_MAX)
        .map((accountId) => ({ accountId, name: nameOf(accountId) ?? accountId })),
    })),
  };
}

/** Of a large customer thousands are stuck at first, which is a number and no list to read. */
function stuckAnswer({ stuck }: Draft): Pick<DraftReview, 'stuck' | 'stuckCounts'> {
  const certain = stuck.filter(({ canAnswer }) => canAnswer === 'no');
  const unsure = stuck.filter(({ canAnswer }) => canAnswer === 'unknown');
  return {
    stuckCounts: { no: certain.length, unknown: unsure.length },
    stuck: [...certain, ...unsure]
      .slice(0, STUCK_MAX)
      .map(({ accountId, displayName, department, canAnswer, why }) => ({
        ...{ accountId, department, canAnswer, why },
        name: displayName,
      })),
  };
}

type NameOf = (accountId: string) => string | null;

function stateAnswer({ state, changes }: Draft, nameOf: NameOf): DraftReview['state'] {
  switch (state.state) {
    case 'open':
      return state;
    case 'outdated':
      return { ...state, state: 'outdated', changes: changes === null ? null : changesAnswer(changes, nameOf) };
    case 'approved':
    case 'held':
      return { ...state, state: state.state };
  }
}

function changesAnswer(changes: NonNullable<Draft['changes']>, nameOf: NameOf): DraftChanges {
  const listed = (ids: readonly string[]) => ({
    count: ids.length,
    people: ids.slice(0, LISTED_PEOPLE_MAX).map((accountId) => ({ accountId, name: nameOf(accountId) ?? accountId })),
  });
  return {
    policies: changes.policies.map(({ policy, path, from, to, words }) => ({
      ...{ policy, path, words, change: changeOf(from, to) },
      before: textOf(from),
      after: textOf(to),
    })),
    groups: changes.groups.map(({ reference, name, added, removed }) => ({
      reference,
      name,
      added: listed(added),
      removed: listed(removed),
    })),
    counts: changes.counts,
  };
}

function changeOf(live: Json, draft: Json): PolicyDifference['change'] {
  if (live === null) return 'added';
  return draft === null ? 'removed' : 'changed';
}

function textOf(value: Json): string | null {
  return value === null ? null : JSON.stringify(value);
}

function indented(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
