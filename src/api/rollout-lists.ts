/** Lists of a rollout's people: those of one phase, and those who are not ready. Both go out in pages of bounded size. */
import type { z } from 'zod';
import type { Holdouts, holdoutsQuerySchema, PhasePeople, phasePeopleQuerySchema } from '../contract.ts';
import type { Actor } from '../rollout/access/access.core.ts';
import type { LedgerAnswer } from '../rollout/outreach/outreach.ts';
import type { PhasePerson } from '../rollout/phases/phase-types.core.ts';
import { foldText } from '../rollout/roster/folding.core.ts';
import type { WindowReport } from '../rollout/sign-ins/sign-ins.ts';
import { isCounted, mayKnowAllOf, type SeenRollout } from './rollout-people.ts';
import { shortText } from './short-text.ts';

const NAME_BYTES_MAX = 120;
const WHY_BYTES_MAX = 160;

const READINESS_ORDER = { not: 0, unknown: 1, capable: 2 } as const;

type PeopleFacts = {
  actor: Actor;
  people: readonly PhasePerson[];
  report: WindowReport | null;
  query: z.output<typeof phasePeopleQuerySchema>;
};

type Row = PhasePeople['rows'][number];

/** One page of a phase's people, those who are not ready first. */
export function phasePeoplePage({ actor, people, report, query }: PeopleFacts): PhasePeople {
  const impacts = new Map((report?.people ?? []).map((one) => [one.accountId, one]));
  const words = foldText(query.search ?? '').split(/\s+/u);
  const rows = people
    .filter(({ displayName }) => words.every((word) => foldText(displayName).includes(word)))
    .map((person): Row => {
      const knowsAll = mayKnowAllOf(actor, person);
      const impact = knowsAll ? impacts.get(person.accountId) : undefined;
      return {
        ...rowOf(person),
        accountStatus: person.accountStatus,
        exempt: knowsAll ? person.exempt !== null : null,
        impact: impact?.impact ?? null,
        lastSeen: impact?.lastSeen ?? null,
      };
    })
    .filter((row) => query.enrolment === undefined || row.enrolment === query.enrolment)
    .filter((row) => query.impact === undefined || row.impact === query.impact)
    .sort((a, b) => READINESS_ORDER[a.enrolment] - READINESS_ORDER[b.enrolment] || byName(a, b));
  return { total: rows.length, ...pageOf(rows, query) };
}

type Named = { name: string; accountId: string };

function byName(a: Named, b: Named): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.accountId < b.accountId ? -1 : 1;
}

function rowOf({ accountId, displayName, department, enrolment, enrolmentWhy }: PhasePerson) {
  return {
    ...{ accountId, enrolment },
    name: shortText(displayName, NAME_BYTES_MAX),
    department: department === null ? null : shortText(department, NAME_BYTES_MAX),
    enrolmentWhy: shortText(enrolmentWhy, WHY_BYTES_MAX),
  };
}

/** The rows of one page and where it begins. */
export function pageOf<T>(rows: readonly T[], { offset, limit }: { offset: number; limit: number }) {
  return { offset, rows: rows.slice(offset, offset + limit) };
}

type HoldoutFacts = {
  seen: SeenRollout;
  ledger: LedgerAnswer;
  query: z.output<typeof holdoutsQuerySchema>;
};

/** People in scope of a phase that is not enforced who cannot answer MFA yet, with the newest message to each. */
export function holdoutsPage({ seen, ledger, query }: HoldoutFacts): Holdouts {
  const phases = new Map(seen.rollout.phases.map((phase) => [phase.name, phase]));
  const names = new Map(seen.people.map(({ accountId, displayName }) => [accountId, displayName]));
  const newest = new Map(ledger.rows.filter(({ state }) => state !== 'skipped').map((row) => [row.personId, row]));
  const rows = seen.people
    .filter((person) => isCounted(person) && person.exempt === null && person.enrolment !== 'capable')
    .filter((person) => query.phase === undefined || person.phase === query.phase)
    .flatMap((person) => {
      const phase = phases.get(person.phase);
      return phase === undefined ? [] : [{ person, phase }];
    })
    .map(({ person, phase }) => {
      const last = newest.get(person.accountId);
      const manager = person.managerAccountId === null ? undefined : names.get(person.managerAccountId);
      return {
        ...rowOf(person),
        ...{ phase: person.phase, enforceOn: phase.enforceOn },
        manager: manager === undefined ? null : shortText(manager, NAME_BYTES_MAX),
        lastMessage:
          last === undefined
            ? null
            : { message: last.message, state: last.state, at: (last.settledAt ?? last.queuedAt).toISOString() },
      };
    })
    .sort((a, b) => (a.enforceOn === b.enforceOn ? byName(a, b) : a.enforceOn < b.enforceOn ? -1 : 1));
  return { total: rows.length, ...pageOf(rows, query) };
}
