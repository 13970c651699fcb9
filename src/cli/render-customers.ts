import type { Signature } from '../rollout/approvals/sign-off.ts';
import type { Check } from '../rollout/customers/check.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import type { Progress } from '../rollout/forecast/forecast.ts';
import { forecastSentence } from '../rollout/forecast/forecast-texts.core.ts';
import { isWaiting, WAITS_FOR_SWITCH } from '../rollout/phases/phase-life.core.ts';
import type { PhasePerson, Rollout } from '../rollout/phases/phase-types.core.ts';
import type { SourceReading } from '../rollout/roster/roster.ts';
import { rosterOf } from '../rollout/snapshots/answers.ts';
import { exceptionsOf } from '../rollout/snapshots/exception-answer.ts';
import type { Snapshot } from '../rollout/snapshots/snapshot-file.ts';
import { nextStep, type Preparation } from './next-step.ts';
import { type Answer, table } from './output.ts';

/** The customers, one line each. */
export function customersText(customers: readonly Customer[]): string {
  if (customers.length === 0) return 'There is no customer yet. Add one with "mfa-rollout customers add FILE".';
  return table(
    ['name', 'tenant id', 'HR'],
    customers.map((customer) => [customer.name, customer.id, customer.settings.hr.source]),
  );
}

/** What was tried of a customer, and what to mend. */
export function checkText(customer: Customer, checks: readonly Check[]): string {
  const rows = checks.map((check) => [check.ok ? 'ok' : 'FAILED', check.what, check.ok ? '' : check.why]);
  return `${customer.name}\n${table(['', 'what', 'why'], rows)}`;
}

/** How a sync ended, source by source. A source that is not fresh makes the command end with exit code 1. */
export function syncAnswer(customer: Customer, readings: readonly SourceReading[]): Answer {
  const stale = readings.filter((reading) => reading.state !== 'read' && reading.code !== 'notLicensed');
  const rows = readings.map((reading) => [reading.state, reading.source, String(reading.rows), reading.why ?? '']);
  const refusal = {
    code: stale[0]?.code ?? 'source_failed',
    message: stale.map((reading) => `${reading.source}: ${reading.why ?? reading.state}`).join('\n'),
  };
  return {
    json: { customer: { id: customer.id, name: customer.name }, sources: readings },
    text: `${customer.name}\n${table(['state', 'source', 'rows', 'why not fresh'], rows)}`,
    ...(stale.length === 0 ? {} : { refusal }),
  };
}

/** A rollout with everybody of the master list. */
export type Standing = { rollout: Rollout; people: readonly PhasePerson[]; progress: Progress };

/** What is stored of a customer, and how far what comes before its first phase is. */
export type Prepared = Preparation & { readings: readonly SourceReading[]; snapshot: Snapshot };

/** Where a customer stands and what comes next; without a rollout the list of phases is empty. */
export function statusOf(customer: Customer, prepared: Prepared, standing: Standing | null): Answer {
  const { readings, snapshot, signature, isPushed } = prepared;
  const isRead = signature !== null;
  const phases = standing === null ? [] : phaseRows(standing);
  const next = nextStep(prepared, standing?.rollout ?? null);
  const counts = isRead ? rosterOf(snapshot).counts : null;
  const exceptions = isRead ? exceptionsOf(snapshot).exceptions.length : null;
  const lines = [
    customer.name,
    counts === null || exceptions === null
      ? 'Nothing was read yet.'
      : `${counts.people} people: ${counts.enrolment.capable} capable, ${counts.enrolment.not} not, ${counts.enrolment.unknown} unknown. ${exceptions} exceptions, ${SIGNED[signature ?? 'unsigned']}.`,
    ...readings
      .filter((reading) => reading.state !== 'read')
      .map((reading) => `${reading.source}: ${reading.why ?? ''}`),
    ...(standing === null ? [] : [phaseTable(standing, phases)]),
    ...(standing === null ? [] : [forecastSentence(standing.progress.forecast).en]),
    `Next: ${next}`,
  ];
  return {
    json: {
      customer: { id: customer.id, name: customer.name },
      phases,
      rollout: standing === null ? null : rolloutFacts(standing.rollout),
      next,
      forecast: standing?.progress.forecast ?? null,
      ...{ counts, exceptions, signature, isPushed },
      sources: readings,
    },
    text: lines.join('\n'),
  };
}

const SIGNED: Readonly<Record<Signature['state'], string>> = {
  unsigned: 'not signed yet',
  signed: 'signed',
  outdated: 'changed since they were signed',
};

function rolloutFacts({ id, startsOn, deadline, state, procedure }: Rollout) {
  return { id, name: procedure.name, startsOn, deadline, state };
}

type PhaseRow = {
  name: string;
  state: string;
  people: number;
  enrolled: number;
  enforceOn: string;
  blockedBy: string[];
  /** Ready, and enforced with the last step because Security Defaults are on. */
  waiting: boolean;
};

/** People of a phase who are carved out are not counted: nobody waits for them. */
function phaseRows({ rollout, people }: Standing): PhaseRow[] {
  return rollout.phases.map((phase) => {
    const { name, state, enforceOn, gates } = phase;
    const own = people.filter((person) => person.phase === name && person.exempt === null);
    return {
      ...{ name, state, enforceOn },
      people: own.length,
      enrolled: own.filter(({ enrolment }) => enrolment === 'capable').length,
      // What it waits for in `ready` is no hindrance that anybody could clear.
      blockedBy: gates.map(({ code }) => code).filter((code) => code !== WAITS_FOR_SWITCH),
      waiting: isWaiting(phase),
    };
  });
}

function phaseTable({ rollout }: Standing, phases: readonly PhaseRow[]): string {
  const rows = table(
    ['phase', 'state', 'enrolled', 'day', 'waits for'],
    phases.map(({ name, state, people, enrolled, enforceOn, blockedBy, waiting }) => [
      ...[name, state, `${enrolled} of ${people}`, enforceOn],
      [...blockedBy, ...(waiting ? ['the last step'] : [])].join(', '),
    ]),
  );
  const waits = phases.some(({ waiting }) => waiting) ? `\n${WAITING}` : '';
  return `${rollout.procedure.name}: ${rollout.state}, deadline ${rollout.deadline}\n${rows}${waits}`;
}

const WAITING =
  'Ready phases wait: Security Defaults are on, enforcement comes with the last step, for everybody at once.';
