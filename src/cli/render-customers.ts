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

/** Where a customer stands and what comes next; without a rollout the list of phases is empty. */
export function statusOf(
  customer: Customer,
  { readings, snapshot }: { readings: readonly SourceReading[]; snapshot: Snapshot },
  standing: Standing | null,
): Answer {
  const isRead = (snapshot.hr ?? null) !== null && (snapshot.users ?? null) !== null;
  const phases = standing === null ? [] : phaseRows(standing);
  const next = nextOf(isRead, standing);
  const counts = isRead ? rosterOf(snapshot).counts : null;
  const exceptions = isRead ? exceptionsOf(snapshot).exceptions.length : null;
  const lines = [
    customer.name,
    counts === null || exceptions === null
      ? 'Nothing was read yet.'
      : `${counts.people} people: ${counts.enrolment.capable} capable, ${counts.enrolment.not} not, ${counts.enrolment.unknown} unknown. ${exceptions} exceptions to sign.`,
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
      counts,
      exceptions,
      sources: readings,
    },
    text: lines.join('\n'),
  };
}

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

function nextOf(isRead: boolean, standing: Standing | null): string {
  if (!isRead) return 'Run: mfa-rollout sync';
  if (standing === null) {
    return 'Review the master list and the exceptions: mfa-rollout roster, mfa-rollout exceptions. Then plan the phases: mfa-rollout procedure export';
  }
  const { phases, state } = standing.rollout;
  if (state !== 'running')
    return state === 'finished' ? 'The closing report: mfa-rollout report' : 'Begin again: mfa-rollout procedure apply';
  const ready = phases.find((phase) => phase.state === 'ready' && !isWaiting(phase));
  if (ready !== undefined) return `Approve the phase "${ready.name}": mfa-rollout phase show "${ready.name}"`;
  const waiting =
    phases.find((phase) => !['enforced', 'planned'].includes(phase.state) && !isWaiting(phase)) ??
    phases.find((phase) => phase.state === 'planned');
  const gate = waiting?.gates[0];
  if (waiting === undefined) return 'Everybody is through. The closing report: mfa-rollout report';
  return gate === undefined
    ? `The phase "${waiting.name}" goes on by itself.`
    : `"${waiting.name}": ${gate.message.en} ${gate.clear.en}`;
}
