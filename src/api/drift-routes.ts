/** The routes of the drift watch: what somebody else changed, and the decision about it. */
import { type DriftAnswer, type DriftRow, type DriftTwo, driftDecideRequestSchema } from '../contract.ts';
import type { Json } from '../lib/canonical-json.ts';
import type { Actor } from '../rollout/access/access.core.ts';
import { may } from '../rollout/access/access.core.ts';
import type { Drift, DriftList, DriftOutcome, DriftView } from '../rollout/drift/drift.ts';
import { DRIFT_ADVICE, DRIFT_TITLES, EFFECT_UNKNOWN, objectWords } from '../rollout/drift/drift-texts.core.ts';
import type { Offer } from '../rollout/drift/remedy.core.ts';
import type { TwoPeople } from '../rollout/drift/two-people.core.ts';
import { type CustomerHandler, json, parsed, requireRight, UNSTORED } from './asking.ts';
import { conditional, etagOf } from './etag.ts';
import type { Route, RouteAnswer } from './route.ts';
import { shortText } from './short-text.ts';

export type DriftRouteDeps = { drift: Pick<Drift, 'list' | 'decide'> };

type At = (method: Route['method'], path: string, handle: CustomerHandler) => Route;

/** The routes, put below a customer by `at`. Each refuses with `no_role` whoever may not see or decide it. */
export function driftRoutes({ drift }: DriftRouteDeps, at: At): Route[] {
  return [
    at('GET', '/drift', async ({ request, actor, customer }) => {
      requireRight(actor, 'seeDrift');
      const body = json(answerOf(actor, await drift.list(customer, actor)));
      return conditional(request, etagOf([customer.id, body]), () => body);
    }),
    at('POST', '/drift/decide', async ({ request, actor, customer }) => {
      requireRight(actor, 'approveDrift');
      const press = parsed(driftDecideRequestSchema, request.body);
      return decided(request.reference, await drift.decide(customer, actor, press));
    }),
  ];
}

const ROWS_MAX = 200;
const TEXT_BYTES_MAX = 300;

function answerOf(actor: Actor, { findings, lookedAt, unread, names }: DriftList): DriftAnswer {
  const rows = findings.map((one) => rowOf(one, names));
  const isOpen = ({ state }: DriftRow) => state === 'open' || state === 'restoring';
  return {
    ...{ lookedAt, unread, may: may(actor, 'decideDrift'), mayApprove: may(actor, 'approveDrift') },
    open: rows.filter(isOpen),
    history: rows.filter((row) => !isOpen(row)),
  };
}

function rowOf(view: DriftView, names: ReadonlyMap<string, string>): DriftRow {
  const { id, kind, state, severity, digest, firstSeen, changedAt, failure, actor, decidedBy, offers } = view;
  const keys = [...new Set([...Object.keys(view.before), ...Object.keys(view.after)])].sort();
  return {
    ...{ id, kind, state, severity, digest, firstSeen, changedAt, failure },
    title: DRIFT_TITLES[kind],
    object: objectWords(view) ?? { en: shortText(view.name, TEXT_BYTES_MAX), de: shortText(view.name, TEXT_BYTES_MAX) },
    effect: view.effect?.sentence ?? EFFECT_UNKNOWN,
    advice: DRIFT_ADVICE[kind],
    rows: keys.slice(0, ROWS_MAX).map((key) => ({
      what: shortText(names.get(key) ?? key, TEXT_BYTES_MAX),
      before: wordsOf(view.before[key]),
      now: wordsOf(view.after[key]),
    })),
    more: Math.max(0, keys.length - ROWS_MAX),
    actor:
      actor === null ? null : { kind: actor.kind, name: actor.kind === 'unnamed' ? null : (actor.name ?? actor.id) },
    decidedBy: decidedBy === null ? null : (decidedBy.displayName ?? decidedBy.objectId),
    restore: whyNot(offers.restore),
    accept: whyNot(offers.accept),
    two: { restore: twoOf(view.two.restore, names), accept: twoOf(view.two.accept, names) },
  };
}

function twoOf(two: TwoPeople | null, names: ReadonlyMap<string, string>): DriftTwo | null {
  if (two === null) return null;
  const { words, lost, approvals, missing, expiresAt } = two;
  return {
    ...{ words, missing: [...missing], expiresAt },
    who: lost.slice(0, ROWS_MAX).map((id) => shortText(names.get(id.toLowerCase()) ?? id, TEXT_BYTES_MAX)),
    more: Math.max(0, lost.length - ROWS_MAX),
    approvedBy: approvals.map(({ displayName, by }) => shortText(displayName ?? by.objectId, TEXT_BYTES_MAX)),
  };
}

function whyNot(offer: Offer): DriftRow['restore'] {
  return offer.yes ? null : offer.why;
}

function wordsOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return shortText(typeof value === 'string' ? value : JSON.stringify(value), TEXT_BYTES_MAX);
}

const FORBIDDEN = 403;
const CONFLICT = 409;

/** What became of a press; one that was refused is an error with the code of what stands against it. */
function decided(reference: string, outcome: DriftOutcome): RouteAnswer {
  const { message, text } = outcome;
  if (outcome.outcome !== 'refused')
    return { status: 200, headers: UNSTORED, body: json({ outcome: outcome.outcome, text }) };
  return {
    status: outcome.code === 'not_your_decision' ? FORBIDDEN : CONFLICT,
    headers: UNSTORED,
    body: json({ error: { code: outcome.code, message, reference } }),
  };
}
