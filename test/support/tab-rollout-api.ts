/** The routes of a rollout over a world in memory, each answer checked by the contract's own schema. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import {
  doneSchema,
  findingsQuerySchema,
  findingsSchema,
  historyQuerySchema,
  historySchema,
  holdoutsSchema,
  messageRowsQuerySchema,
  messageRowsSchema,
  messagesSchema,
  moveDeadlineRequestSchema,
  moveOutcomeSchema,
  movePhaseRequestSchema,
  type PhaseDecision,
  type PhaseReview,
  phaseAnswerSchema,
  phaseDecideRequestSchema,
  phaseOutcomeSchema,
  phasePeopleQuerySchema,
  phasePeopleSchema,
  phaseReviewRequestSchema,
  phaseReviewSchema,
  rolloutSchema,
  settleRequestSchema,
  takeFindingRequestSchema,
  waiveFindingRequestSchema,
} from '../../src/contract.ts';
import { Refusal } from './tab-refusal.ts';
import { PHASE_DIGEST, type RolloutWorld } from './tab-rollout.ts';
import type { TabWorld } from './tab-world.ts';

type Given = { query: Record<string, string>; body: string };

/** The answer of a route of the rollout; undefined for another route. */
export function rolloutRoute(world: TabWorld, what: string, { query, body }: Given): unknown {
  const { rollout: found } = world;
  if (what === 'GET rollout') return rolloutSchema.parse({ scope: scopeOf(world), rollout: wholeOf(world) });
  if (found === null) return what === 'GET phase' ? { phase: null } : undefined;
  const sent = () => JSON.parse(body) as unknown;
  switch (what) {
    case 'GET rollout/history':
      return historySchema.parse(historyOf(found, historyQuerySchema.parse(query)));
    case 'GET phase':
      return phaseAnswerSchema.parse({ phase: phaseOf(world, found, query.phase ?? '') });
    case 'GET phase/people':
      return phasePeopleSchema.parse(peopleOf(found, phasePeopleQuerySchema.parse(query)));
    case 'POST phase/review':
      return phaseReviewSchema.parse(reviewed(found, phaseReviewRequestSchema.parse(sent())));
    case 'POST rollout/move':
      return moveOutcomeSchema.parse(movedDeadline(found, moveDeadlineRequestSchema.parse(sent())));
    case 'POST phase/move':
      return moveOutcomeSchema.parse(movedPhases(found, movePhaseRequestSchema.parse(sent())));
    case 'POST phase/decide':
      return phaseOutcomeSchema.parse(decide(world, found, phaseDecideRequestSchema.parse(sent())));
    case 'GET messages':
      return messagesSchema.parse({ messages: found.messages });
    case 'GET messages/rows': {
      const { list, message } = messageRowsQuerySchema.parse(query);
      const rows = found.rows[list].filter((row) => (message ?? row.message) === row.message);
      return messageRowsSchema.parse({ total: rows.length, offset: 0, rows, maySettle: found.may.settle });
    }
    case 'POST messages/settle': {
      const { accountId } = settleRequestSchema.parse(sent());
      const settled = found.rows.sent.map((row) =>
        row.accountId === accountId ? { ...row, state: 'accepted' as const, reason: null } : row,
      );
      found.rows = { ...found.rows, sent: settled };
      return doneSchema.parse({ done: true });
    }
    case 'GET holdouts':
      return holdoutsSchema.parse({ total: found.holdouts.length, offset: 0, rows: found.holdouts });
    default:
      return findingRoute(found, what, { query, body });
  }
}

function findingRoute(found: RolloutWorld, what: string, { query, body }: Given): unknown {
  const change = (key: string, changes: Partial<RolloutWorld['findings'][number]>) => {
    found.findings = found.findings.map((one) => (one.key === key ? { ...one, ...changes } : one));
    return doneSchema.parse({ done: true });
  };
  switch (what) {
    case 'GET findings': {
      const { phase, status } = findingsQuerySchema.parse(query);
      const own = found.findings.filter((one) => phase === undefined || one.phase === phase);
      const count = (of: string) => own.filter((one) => one.status === of).length;
      const counts = { open: count('open'), inWork: count('inWork'), waived: count('waived'), gone: count('gone') };
      const rows = own.filter((one) => (status ?? one.status) === one.status);
      return findingsSchema.parse({ counts, total: rows.length, offset: 0, rows, may: found.may });
    }
    case 'POST findings/take': {
      const { key } = takeFindingRequestSchema.parse(JSON.parse(body));
      return change(key, { status: 'inWork', takenBy: 'Mara Example' });
    }
    case 'POST findings/waive': {
      const { key, until, why } = waiveFindingRequestSchema.parse(JSON.parse(body));
      return change(key, { status: 'waived', waiver: { by: 'Mara Example', until, why } });
    }
    default:
      return undefined;
  }
}

function isTeam({ me }: TabWorld): boolean {
  return me.customers[0]?.roles.every((role) => role === 'manager') === true;
}

function scopeOf(world: TabWorld): string {
  return isTeam(world) ? 'team' : 'customer';
}

function wholeOf(world: TabWorld): unknown {
  const rollout = world.rollout?.rollout;
  if (rollout === undefined) return null;
  const phases = rollout.phases.map((phase) => (isTeam(world) ? { ...phase, gates: null, sight: null } : phase));
  return { ...rollout, phases, mayMove: !isTeam(world) && rollout.mayMove };
}

function phaseOf(world: TabWorld, found: RolloutWorld, name: string): unknown {
  const phase = found.rollout.phases.find((one) => one.name === name);
  if (phase === undefined) return null;
  const hasLater = found.rollout.phases.at(-1)?.name !== name;
  const moving = { hasLater, mayMove: !isTeam(world) && found.rollout.mayMove && phase.state === 'planned' };
  if (isTeam(world))
    return { ...phase, ...moving, gates: null, sight: null, window: null, review: null, stopLine: null };
  const review = found.reviews.get(name) ?? null;
  const stopLine = phase.state === 'enforced' ? found.stopLine : null;
  return { ...phase, ...moving, window: phase.sight === null ? null : found.window, review, stopLine };
}

function movedDeadline({ rollout }: RolloutWorld, { to, seen }: { to: string; seen: string }): unknown {
  if (seen !== rollout.deadline) throw new Refusal(409, 'rollout_changed', 'The rollout has changed.');
  rollout.deadline = to;
  return { outcome: 'moved', deadline: { from: seen, to }, phases: [] };
}

function movedPhases({ rollout }: RolloutWorld, ask: { phase: string; to: string; withLater: boolean }): unknown {
  const place = rollout.phases.findIndex(({ name }) => name === ask.phase);
  const phases = rollout.phases.filter((_, at) => at === place || (ask.withLater && at > place));
  const moved = phases.map(({ name, enforceOn }) => ({ name, from: enforceOn, to: ask.to }));
  for (const phase of phases) phase.enforceOn = ask.to;
  return { outcome: 'moved', deadline: null, phases: moved };
}

function peopleOf(
  { people }: RolloutWorld,
  query: { search?: string | undefined; enrolment?: string | undefined },
): unknown {
  const text = (query.search ?? '').toLowerCase();
  const rows = people
    .filter(({ name }) => name.toLowerCase().includes(text))
    .filter(({ enrolment }) => (query.enrolment ?? enrolment) === enrolment);
  return { total: rows.length, offset: 0, rows };
}

/** As with the real one, another list of names has another digest. */
function reviewed({ reviews }: RolloutWorld, asked: { phase: string; anyway: readonly string[] }): PhaseReview {
  const review = reviews.get(asked.phase);
  if (review === undefined) throw new Refusal(409, 'nothing', 'There is nothing to approve.');
  const anyway = [...asked.anyway];
  const digest = anyway.length === 0 ? PHASE_DIGEST : `sha256:${String(anyway.length).repeat(64)}`;
  const notReady = review.notReady.map((one) => ({ ...one, anyway: anyway.includes(one.accountId) }));
  return { ...review, digest, anyway, notReady };
}

function decide(
  world: TabWorld,
  found: RolloutWorld,
  press: { phase: string; verdict: PhaseDecision['verdict']; digest: string; anyway?: string[] | undefined },
): unknown {
  const review = reviewed(found, { phase: press.phase, anyway: press.anyway ?? [] });
  if (!review.mayDecide.yes) throw new Refusal(403, 'not_your_decision', review.mayDecide.why);
  if (press.verdict === 'approve' && press.digest !== review.digest) {
    return { outcome: 'stale', currentDigest: review.digest, message: 'This has changed.' };
  }
  const phase = found.rollout.phases.find(({ name }) => name === press.phase);
  if (phase?.state === 'approved' && press.verdict === 'approve') {
    return { outcome: 'already', decision: review.latest, message: 'The phase is approved.' };
  }
  const { tenantId, objectId, displayName } = world.me.identity;
  const by = { tenantId, objectId };
  const decision: PhaseDecision = {
    ...{ id: randomUUID(), verdict: press.verdict, digest: press.digest, by, displayName, at: '2026-11-20T09:31:00Z' },
  };
  const missing = press.verdict === 'approve' ? (['customer'] as const) : (['msp', 'customer'] as const);
  const approvals = press.verdict === 'approve' ? [decision] : [];
  found.reviews.set(press.phase, { ...review, latest: decision, approvals, missing: [...missing] });
  if (press.verdict === 'hold') setState(found, press.phase, 'held');
  return { outcome: 'recorded', decision, missing: press.verdict === 'approve' ? missing : [] };
}

function setState({ rollout }: RolloutWorld, name: string, state: 'held' | 'approved'): void {
  rollout.phases = rollout.phases.map((phase) => (phase.name === name ? { ...phase, state } : phase));
}

const DECIDED: readonly string[] = ['approve', 'hold', 'resume', 'rollBack', 'askAgain', 'draftApproved', 'draftHeld'];
const HISTORY_PAGE_ROWS = 8;

/** Small pages, so that a short history has more than one. */
function historyOf({ history }: RolloutWorld, { group, before }: HistoryQuery) {
  const asked = history.filter(
    ({ seq, kind }) => (before === undefined || seq < before) && (group !== 'decisions' || DECIDED.includes(kind)),
  );
  const rows = asked.slice(0, HISTORY_PAGE_ROWS);
  return { rows, next: rows.length < asked.length ? (rows.at(-1)?.seq ?? null) : null };
}

type HistoryQuery = z.output<typeof historyQuerySchema>;
