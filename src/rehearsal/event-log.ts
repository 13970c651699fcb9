import { canonicalJson, type Json } from '../lib/canonical-json.ts';
import { dayOf, timeOf } from '../lib/local-time.ts';

/* What happened in a rehearsal, told so that two that went the same way read the same. */

/** One line: the hour in the customer's time zone, what happened, to whom or what, and more about it. */
export type LogLine = { hour: string; what: string; about: string; more: Json };

export type LogSources = {
  timeZone: string;
  journal: readonly { at: Date; event: string; actor: Json; facts: Json }[];
  mails: readonly { at: Date; message: string; state: string; person: string; phase: string }[];
  tickets: readonly { at: Date; summary: string; isClosed: boolean }[];
};

/** Readings and the steps of sendings are told by what came of them, and who was given a role is no event. */
const UNTOLD = /^(roster|evidence|outreach|access|customer|channel|post|policy\.draft)\./;
/** What of an entry's facts is the same whenever the same happens: never an id that was drawn, nor a digest. */
const TOLD = ['phase', 'from', 'event', 'gates', 'code', 'state', 'verdict', 'change', 'changes', 'application'];
const TOLD_BELOW = ['accountId', 'application', 'appName', 'protocol', 'change', 'code', 'phase'];

/**
 * The canonical event log: who was mailed what, how phases stood and were flipped, tickets, findings and decisions, each
 * with its day and hour; in the order of time, within an hour by what is said. Ids that were drawn and digests are not in
 * it, so that the same seed gives the same bytes.
 */
export function canonicalEventLog({ timeZone, journal, mails, tickets }: LogSources): LogLine[] {
  const hourOf = (at: Date) => `${dayOf(at, timeZone)}T${timeOf(at, timeZone).slice(0, 2)}`;
  const lines: LogLine[] = [
    ...journal
      .filter(({ event }) => !UNTOLD.test(event))
      .map(({ at, event, actor, facts }) => {
        const { phase, ...more } = toldOf(facts, TOLD);
        const by = nameIn(actor);
        return { hour: hourOf(at), what: event, about: typeof phase === 'string' ? phase : '', more: { ...more, by } };
      }),
    ...mails.map(({ at, message, state, person, phase }) => {
      return { hour: hourOf(at), what: `mail.${state}`, about: person, more: { message, phase } };
    }),
    ...tickets.map(({ at, summary, isClosed }) => {
      return { hour: hourOf(at), what: 'ticket.opened', about: summary, more: { isClosedInTheEnd: isClosed } };
    }),
  ];
  return lines.sort((a, b) => compare(a.hour, b.hour) || compare(canonicalJson(a), canonicalJson(b)));
}

/** The log as a file: one canonical line of JSON each. */
export function logText(lines: readonly LogLine[]): string {
  return lines.map((line) => `${canonicalJson(line)}\n`).join('');
}

type Members = Record<string, Json>;

function toldOf(facts: Json, names: readonly string[]): Members {
  if (!isMembers(facts)) return {};
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = facts[name];
      if (value === undefined || value === null) return [];
      return [
        [
          name,
          Array.isArray(value)
            ? listOf(value as readonly Json[])
            : isMembers(value)
              ? toldOf(value, TOLD_BELOW)
              : value,
        ],
      ];
    }),
  );
}

function listOf(values: readonly Json[]): Json {
  const told = values.map((value) => (isMembers(value) ? toldOf(value, TOLD_BELOW) : value));
  return told.sort((a, b) => compare(canonicalJson(a), canonicalJson(b)));
}

function isMembers(value: Json): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameIn(actor: Json): string {
  if (!isMembers(actor)) return '';
  const { displayName, name, kind } = actor;
  return [displayName, name, kind].find((one) => typeof one === 'string') as string;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
