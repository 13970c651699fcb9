/** Clients that cannot answer MFA, as the tab gets them. */
import type { z } from 'zod';
import type { Finding, FindingStatus, Findings, findingsQuerySchema } from '../contract.ts';
import type { Json } from '../lib/canonical-json.ts';
import { type Actor, may } from '../rollout/access/access.core.ts';
import type { PhasePerson } from '../rollout/phases/phase-types.core.ts';
import type { ListedFinding } from '../rollout/sign-ins/findings.ts';
import { pageOf } from './rollout-lists.ts';
import { shortText } from './short-text.ts';

const NAME_BYTES_MAX = 120;
const WHY_BYTES_MAX = 400;

type Facts = {
  actor: Actor;
  found: readonly ListedFinding[];
  people: readonly PhasePerson[];
  query: z.output<typeof findingsQuerySchema>;
};

/** One page of findings, those to be settled first. */
export function findingsAnswer({ actor, found, people, query }: Facts): Findings {
  const phases = new Map(people.map((person) => [person.accountId.toLowerCase(), person.phase]));
  const may_ = { take: may(actor, 'handleFindings'), waive: may(actor, 'waiveFindings') };
  // A program's account is carved out, which is told to those who have to do with it.
  const seesPrograms = may_.take || may_.waive;
  const own = found
    .map((finding) => ({ finding, phase: phases.get(finding.accountId) ?? null }))
    .filter(({ phase }) => seesPrograms || phase !== null)
    .filter(({ phase }) => query.phase === undefined || phase === query.phase);
  const counts: Record<FindingStatus, number> = { open: 0, inWork: 0, waived: 0, gone: 0 };
  for (const { finding } of own) counts[finding.status] += 1;
  const rows = own
    .filter(({ finding }) => (query.status ?? finding.status) === finding.status)
    .map(({ finding, phase }) => rowOf(finding, phase));
  return { counts, total: rows.length, ...pageOf(rows, query), may: may_ };
}

function rowOf(finding: ListedFinding, phase: string | null): Finding {
  const { key, accountId, accountName, protocol, count, firstSeen, lastSeen, status, remedy, outside } = finding;
  const { owner, taken, waiver } = finding;
  return {
    ...{ key, accountId, phase, protocol, count, firstSeen, lastSeen, status, remedy },
    accountName: accountName === null ? null : shortText(accountName, NAME_BYTES_MAX),
    appName: shortText(finding.appName, NAME_BYTES_MAX),
    outside: outside === null ? null : { on: outside.on, what: outside.what },
    owner: { name: owner.displayName, why: owner.why },
    takenBy: taken === null ? null : (nameOf(taken.actor) ?? ''),
    waiver:
      waiver === null
        ? null
        : { by: nameOf(waiver.actor), until: waiver.until, why: shortText(waiver.why, WHY_BYTES_MAX) },
  };
}

/** The name under which somebody stands in the journal. */
function nameOf(actor: Json): string | null {
  if (actor === null || typeof actor !== 'object' || !('displayName' in actor)) return null;
  return typeof actor.displayName === 'string' ? actor.displayName : null;
}
