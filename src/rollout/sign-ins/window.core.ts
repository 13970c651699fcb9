/**
 * The gate of the report-only window (safety rule S11): a phase is not enforced before the window's hours are over and
 * enough of its people were seen under the report-only policy. Who was never seen is a list, not a success.
 */
import { isoOf } from '../../lib/instant.ts';
import type { Gate, PhasePerson, Procedure, Sentence } from '../phases/phase-types.core.ts';
import type { OutcomeFact } from './impact.core.ts';
import type { LogsKnown } from './log-state.core.ts';

const HOUR_MS = 3_600_000;

export type WindowInput = {
  window: Procedure['window'];
  /** In ms; null: it has not begun. */
  fromMs: number | null;
  nowMs: number;
  people: readonly PhasePerson[];
  facts: readonly OutcomeFact[];
  observeId: string | null;
  logs: LogsKnown;
};

export type WindowSight = {
  /** People who could sign in: not carved out, and their account is enabled. */
  countable: number;
  /** Those with a sign-in in the window that the policy was evaluated for. */
  seen: number;
  hoursPassed: number;
  /** Account ids, sorted. */
  neverSeen: string[];
  /** Seen, but without a result of the policy: sorted too. */
  withoutResult: string[];
};

/** Who of the phase was seen in its window. */
export function windowSight(input: Omit<WindowInput, 'window' | 'logs'>): WindowSight {
  const { fromMs, nowMs, observeId } = input;
  const inWindow = input.facts.filter(({ lastMs }) => fromMs !== null && lastMs >= fromMs);
  const anyhow = new Set(inWindow.map(({ accountId }) => accountId));
  const evaluated = new Set(
    inWindow.filter(({ policyId }) => observeId !== null && policyId === observeId).map(({ accountId }) => accountId),
  );
  const countable = input.people
    .filter((person) => person.exempt === null && person.accountStatus === 'enabled')
    .map(({ accountId }) => accountId);
  const neverSeen = countable.filter((id) => !anyhow.has(id.toLowerCase())).sort();
  const seen = countable.filter((id) => evaluated.has(id.toLowerCase())).length;
  return {
    countable: countable.length,
    seen,
    hoursPassed: fromMs === null ? 0 : Math.max(0, (nowMs - fromMs) / HOUR_MS),
    neverSeen,
    withoutResult: countable.filter((id) => anyhow.has(id.toLowerCase()) && !evaluated.has(id.toLowerCase())).sort(),
  };
}

/** The closed gates of a window; none when its time and its share of people are both reached and everything was read. */
export function windowGates(input: WindowInput): Gate[] {
  if (input.observeId === null) return [gate('observe_missing', OBSERVE_MISSING)];
  if (input.fromMs === null) return [gate('window_not_begun', NOT_BEGUN)];
  const sight = windowSight(input);
  const { hours, seenPercent } = input.window;
  const gates: Gate[] = [];
  if (sight.hoursPassed < hours) gates.push(gate('window_open', stillOpen(input.fromMs, hours)));
  const { problem, code } = input.logs;
  if (problem !== null) gates.push(gate(code ?? 'sign_ins_not_read', { message: problem, clear: READ_AGAIN }));
  if (sight.seen * 100 < seenPercent * sight.countable) {
    const accountIds = [...sight.neverSeen, ...sight.withoutResult].sort();
    gates.push({ ...gate('window_seen', tooFewSeen(sight, seenPercent)), accountIds });
  }
  return gates;
}

type Words = { message: Sentence; clear: Sentence };

function gate(code: string, words: Words): Gate {
  return { code, rule: 'S11', ...words, accountIds: [] };
}

const OBSERVE_MISSING: Words = {
  message: {
    en: 'There is no report-only policy yet, so nothing can be observed.',
    de: 'Es gibt noch keine Richtlinie im Nur-Bericht-Modus, darum kann nichts beobachtet werden.',
  },
  clear: {
    en: 'Approve the policy draft and push it: mfa-rollout policy push.',
    de: 'Den Richtlinienentwurf freigeben und übertragen: mfa-rollout policy push.',
  },
};

const NOT_BEGUN: Words = {
  message: {
    en: 'The report-only window of this phase has not begun.',
    de: 'Das Nur-Bericht-Fenster dieser Phase hat noch nicht begonnen.',
  },
  clear: {
    en: 'It begins after the announcement, by itself.',
    de: 'Es beginnt nach der Ankündigung von selbst.',
  },
};

const READ_AGAIN: Sentence = {
  en: 'Check the access with mfa-rollout customers check; the logs are read again every quarter of an hour. Where a part is lost for good, start the window anew.',
  de: 'Den Zugriff mit mfa-rollout customers check prüfen; die Protokolle werden jede Viertelstunde erneut gelesen. Ist ein Teil endgültig verloren, das Fenster neu beginnen.',
};

function stillOpen(fromMs: number, hours: number): Words {
  const until = isoOf(fromMs + hours * HOUR_MS);
  return {
    message: {
      en: `The report-only window of ${hours} hours is over on ${until}.`,
      de: `Das Nur-Bericht-Fenster von ${hours} Stunden endet am ${until}.`,
    },
    clear: { en: 'Wait; nothing else opens this gate.', de: 'Warten; nichts anderes öffnet diese Sperre.' },
  };
}

function tooFewSeen({ seen, countable, withoutResult }: WindowSight, percent: number): Words {
  const english =
    withoutResult.length === 0 ? '' : ` ${withoutResult.length} signed in without a result of the policy.`;
  const german =
    withoutResult.length === 0 ? '' : ` ${withoutResult.length} meldeten sich ohne Ergebnis der Richtlinie an.`;
  return {
    message: {
      en: `${seen} of ${countable} people were seen under the report-only policy; ${percent} % are needed.${english}`,
      de: `${seen} von ${countable} Personen wurden unter der Nur-Bericht-Richtlinie gesehen; nötig sind ${percent} %.${german}`,
    },
    clear: {
      en: 'Wait until more of them sign in, ask those on the list, or carve out by signature who is away.',
      de: 'Warten, bis mehr sich anmelden, die Genannten ansprechen oder Abwesende mit Unterschrift ausnehmen.',
    },
  };
}
