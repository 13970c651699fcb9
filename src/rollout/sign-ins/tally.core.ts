/**
 * Many sign-ins brought to what a rollout has to know of them. It grows with people and their clients and not with the
 * rows, so that a page may be forgotten as soon as it was counted. Order and grouping of the rows do not matter.
 */
import { digestOf } from '../../lib/digest.ts';
import { storableText } from '../../lib/storable-text.ts';
import type { LogRow } from '../policy/replay/recorded-sign-in.core.ts';
import { type Entry, type EntryContext, entryOf, type ReportOnlyOutcome } from './log-entry.core.ts';

export type Times = { count: number; firstMs: number; lastMs: number };

export type OutcomeTally = Times & { accountId: string; policyId: string; outcome: ReportOnlyOutcome };

/** Sign-ins of one account to which the enforcing policy was applied since its phase is enforced. */
export type EnforcedTally = Times & { accountId: string; policyId: string };

export type Traffic = Times & { key: string; accountId: string; appId: string; appName: string; protocol: string };

export type Challenge = { accountId: string; atMs: number; kind: 'failed' | 'passed'; code: number };

export type TallyContext = EntryContext & {
  /** From when on each account's challenges are kept, in ms: its phase is enforced since then. */
  watchedFrom: ReadonlyMap<string, number>;
};

export type Tally = {
  add(rows: readonly LogRow[]): void;
  outcomes(): OutcomeTally[];
  enforced(): EnforcedTally[];
  traffic(): Traffic[];
  challenges(): Challenge[];
};

const NAME_UNITS_MAX = 200;
const KEY_DIGITS = 16;

/** Creates an empty tally. */
export function createTally(context: TallyContext): Tally {
  const outcomes = new Map<string, OutcomeTally>();
  const enforced = new Map<string, EnforcedTally>();
  const traffic = new Map<string, Traffic>();
  const challenges = new Map<string, Challenge>();
  return {
    add: (rows) => {
      for (const row of rows) {
        const entry = entryOf(row, context);
        if (entry === null) continue;
        countOutcome(outcomes, entry, context.observeId);
        countEnforced(enforced, entry, context);
        countTraffic(traffic, entry);
        keepChallenge(challenges, entry, context);
      }
    },
    outcomes: () => [...outcomes.values()],
    enforced: () => [...enforced.values()],
    traffic: () => [...traffic.values()],
    challenges: () => [...challenges.values()],
  };
}

/** Names a finding for good: the same account, application and protocol give the same key. */
export function findingKey({ accountId, appId, protocol }: Pick<Traffic, 'accountId' | 'appId' | 'protocol'>): string {
  return digestOf([accountId, appId, protocol.toLowerCase()]).slice('sha256:'.length, 'sha256:'.length + KEY_DIGITS);
}

function countOutcome(outcomes: Map<string, OutcomeTally>, entry: Entry, observeId: string | null): void {
  const { accountId, outcome, atMs } = entry;
  if (outcome === null) return;
  const policyId = outcome === 'noResult' ? '' : (observeId ?? '');
  const key = `${accountId} ${policyId} ${outcome}`;
  const found = outcomes.get(key);
  if (found === undefined) outcomes.set(key, { accountId, policyId, outcome, ...once(atMs) });
  else countOnce(found, atMs);
}

function countEnforced(enforced: Map<string, EnforcedTally>, entry: Entry, context: TallyContext): void {
  const { accountId, atMs, isEnforced } = entry;
  const from = context.watchedFrom.get(accountId);
  if (!isEnforced || from === undefined || atMs < from) return;
  const found = enforced.get(accountId);
  if (found === undefined) enforced.set(accountId, { accountId, policyId: context.enforceId ?? '', ...once(atMs) });
  else countOnce(found, atMs);
}

function countTraffic(traffic: Map<string, Traffic>, entry: Entry): void {
  if (entry.protocol === null) return;
  const { accountId, atMs } = entry;
  const protocol = storableText(entry.protocol, NAME_UNITS_MAX);
  const appId = storableText(entry.appId, NAME_UNITS_MAX);
  const key = findingKey({ accountId, appId, protocol });
  const found = traffic.get(key);
  if (found === undefined) {
    const appName = storableText(entry.appName, NAME_UNITS_MAX);
    traffic.set(key, { key, accountId, appId, appName, protocol, ...once(atMs) });
    return;
  }
  // Whatever order the rows come in, the name is that of the newest.
  const appName = storableText(entry.appName, NAME_UNITS_MAX);
  if (atMs > found.lastMs || (atMs === found.lastMs && appName < found.appName)) found.appName = appName;
  countOnce(found, atMs);
}

function keepChallenge(challenges: Map<string, Challenge>, entry: Entry, { watchedFrom }: TallyContext): void {
  const { accountId, atMs, challenge, code } = entry;
  const from = watchedFrom.get(accountId);
  if (challenge === null || from === undefined || atMs < from) return;
  challenges.set(`${accountId} ${challenge} ${atMs}`, { accountId, atMs, kind: challenge, code });
}

function once(atMs: number): Times {
  return { count: 1, firstMs: atMs, lastMs: atMs };
}

function countOnce(times: Times, atMs: number): void {
  times.count += 1;
  times.firstMs = Math.min(times.firstMs, atMs);
  times.lastMs = Math.max(times.lastMs, atMs);
}
