import type { Check } from '../rollout/customers/check.ts';
import type { Customer } from '../rollout/customers/customers.ts';
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

/** Where a customer stands. Phases come with the rollout; until then the list is empty and `next` says what to do. */
export function statusOf(customer: Customer, readings: readonly SourceReading[], snapshot: Snapshot): Answer {
  const isRead = (snapshot.hr ?? null) !== null && (snapshot.users ?? null) !== null;
  const next = isRead
    ? 'Review the master list and the exceptions: mfa-rollout roster, mfa-rollout exceptions'
    : 'Run: mfa-rollout sync';
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
    `Next: ${next}`,
  ];
  return {
    json: {
      customer: { id: customer.id, name: customer.name },
      phases: [],
      next,
      counts,
      exceptions,
      sources: readings,
    },
    text: lines.join('\n'),
  };
}
