/**
 * The time machine: what the draft would have done to the sign-ins of the last weeks. Report-only looks forward; this
 * looks back. Every sign-in of a person that was let in is judged by the live policies and by them with the draft
 * enforced. What was not read stays unknown; a person seen in no sign-in is listed as such and is no success.
 */
import type { Judged } from '../draft/draft-effect.core.ts';
import { textOf } from '../graph-json.core.ts';
import { createShapes, type Shape } from './recorded-shape.core.ts';
import { type LogRow, type Satisfied, satisfiedBy, type Unused, whyUnused } from './recorded-sign-in.core.ts';
import {
  type Circumstance,
  createWeigher,
  judgeRecorded,
  REPLAY_OUTCOMES,
  type ReplayOutcome,
  type Said,
} from './replay-judgement.core.ts';

/** What kind of account it is, for the sentence: a mailbox that a device uses is no person. */
export type ReplayKind =
  | 'employee'
  | 'guest'
  | 'sharedMailbox'
  | 'room'
  | 'equipment'
  | 'serviceAccount'
  | 'breakGlass'
  | 'other';

export type ReplayAccount = {
  readonly userId: string;
  readonly kind: ReplayKind;
  /** Whether the account may sign in at all. */
  readonly isEnabled: boolean;
  readonly canAnswer: 'yes' | 'no' | 'unknown';
  readonly perUserMfaOn: boolean;
};

/** The instants between which sign-ins count, as ISO 8601 in UTC; both belong to the window. */
export type ReplayWindow = { readonly from: string; readonly to: string };

export type ReplayInput = {
  readonly judged: Judged;
  readonly tenantId: string;
  readonly accounts: readonly ReplayAccount[];
  readonly window: ReplayWindow;
  readonly defaultsOn: boolean;
};

/** Sign-ins of one person with one application and client that come to the same. */
export type ReplayApp = {
  appId: string;
  name: string;
  client: string;
  outcome: ReplayOutcome;
  count: number;
  firstSeen: string;
  lastSeen: string;
  why: string;
};

export type ReplayPerson = {
  userId: string;
  kind: ReplayKind;
  /** The worst of the sign-ins. */
  outcome: ReplayOutcome;
  canAnswer: 'yes' | 'no' | 'unknown';
  /** Sign-ins that were let in and count. */
  signIns: number;
  counts: Record<ReplayOutcome, number>;
  apps: ReplayApp[];
  firstSeen: string | null;
  lastSeen: string | null;
  why: string;
};

export type ReplayCounts = {
  people: Record<ReplayOutcome, number>;
  signIns: Record<ReplayOutcome, number>;
  /** Enabled accounts without a sign-in that counts. */
  notSeen: number;
  /** Rows of the log that say nothing about how a person signs in, by why. */
  leftOut: Record<Unused | 'outsideWindow' | 'repeated', number>;
};

export type ReplayResult = {
  people: ReplayPerson[];
  /** Enabled accounts of which no sign-in counts: of them the past says nothing. */
  notSeen: string[];
  counts: ReplayCounts;
  window: ReplayWindow & { firstSeen: string | null; lastSeen: string | null };
};

export type Replay = {
  /** Takes a row of the log, in any order. */
  add(row: LogRow): void;
  /** The people seen, the worst first, then by id. Where the log could not be read whole: every account, unknown. */
  result(isLogRead: boolean): ReplayResult;
};

type Seen = { readonly account: ReplayAccount; readonly kind: string; readonly apps: Map<string, ReplayApp> };

/** Characters of an instant down to its seconds. */
const SECONDS = 19;

/** Begins a replay. Rows may come by the million: sign-ins alike are judged once. Refuses nothing. */
export function createReplay(input: ReplayInput): Replay {
  const judge = createRowJudge(input);
  const accounts = new Map(input.accounts.map((account) => [account.userId.toLowerCase(), account]));
  const seen = new Map<string, Seen>();
  const rowIds = new Set<string>();
  const leftOut = { failed: 0, notAPerson: 0, elsewhere: 0, outsideWindow: 0, repeated: 0 };
  const seenOf = (userId: string): Seen => {
    const key = userId.toLowerCase();
    const known = seen.get(key);
    if (known !== undefined) return known;
    const account = accounts.get(key) ?? stranger(key);
    const begun = { account, kind: judge.classOf(account.userId), apps: new Map<string, ReplayApp>() };
    seen.set(key, begun);
    return begun;
  };
  // To the second: Graph writes fractions in some rows and none in others.
  const [from, to] = [input.window.from.slice(0, SECONDS), input.window.to.slice(0, SECONDS)];
  const unusedBy = (row: LogRow, at: string) => {
    const id = textOf(row.id);
    if (id !== null && rowIds.has(id)) return 'repeated';
    if (id !== null) rowIds.add(id);
    const second = at.slice(0, SECONDS);
    if (second < from || second > to) return 'outsideWindow';
    return whyUnused(row, input.tenantId);
  };
  return {
    add: (row) => {
      const at = textOf(row.createdDateTime) ?? '';
      const unused = unusedBy(row, at);
      if (unused !== null) leftOut[unused] += 1;
      else note(seenOf(textOf(row.userId) ?? ''), judge.shapeOf(row), { row, at, judge });
    },
    result: (isLogRead) => resultOf(input, { seen, leftOut, isLogRead }),
  };
}

/** A user of the log whom no reading knows: a guest who left, an account that was deleted. */
function stranger(userId: string): ReplayAccount {
  return { userId, kind: 'other', isEnabled: true, canAnswer: 'unknown', perUserMfaOn: false };
}

type RowJudge = {
  classOf(userId: string): string;
  shapeOf(row: LogRow): Shape;
  judge(shape: Shape, person: Seen, satisfied: Satisfied): Said;
};

const DISABLED: Said = { outcome: 'unchanged', why: 'the sign-in of the account is blocked in the directory' };

function createRowJudge({ judged, defaultsOn }: ReplayInput): RowJudge {
  const weigher = createWeigher(judged);
  const { after, before } = judged;
  return {
    classOf: weigher.classOf,
    shapeOf: createShapes([...after.policies, ...(before?.policies ?? [])], after.tenant),
    judge: (shape, { account, kind }, satisfied) => {
      if (!account.isEnabled) return DISABLED;
      const given: Circumstance = { ...account, satisfied, defaultsOn };
      return judgeRecorded(weigher.grant, weigher.weigh(shape, { userId: account.userId, kind }), shape, given);
    },
  };
}

function note(person: Seen, shape: Shape, { row, at, judge }: { row: LogRow; at: string; judge: RowJudge }): void {
  const { outcome, why } = judge.judge(shape, person, satisfiedBy(row));
  const appId = textOf(row.appId) ?? '';
  const key = `${appId}|${shape.client}|${outcome}`;
  const known = person.apps.get(key);
  const name = textOf(row.appDisplayName) ?? appId;
  if (known === undefined) {
    const begun = { appId, name, client: shape.client, outcome, count: 1, firstSeen: at, lastSeen: at, why };
    person.apps.set(key, begun);
    return;
  }
  known.count += 1;
  if (at < known.firstSeen) known.firstSeen = at;
  if (at > known.lastSeen) known.lastSeen = at;
  // The log comes in any order: of several names and reasons always the same one is told.
  if (name < known.name) known.name = name;
  if (why < known.why) known.why = why;
}

type Gathered = { seen: ReadonlyMap<string, Seen>; leftOut: ReplayCounts['leftOut']; isLogRead: boolean };

function resultOf(input: ReplayInput, { seen, leftOut, isLogRead }: Gathered): ReplayResult {
  const people = [...seen.values()].map(personOf);
  const absent = input.accounts.filter(({ userId, isEnabled }) => isEnabled && !seen.has(userId.toLowerCase()));
  if (!isLogRead) people.push(...absent.map(unread));
  const notSeen = absent.map(({ userId }) => userId).sort();
  return gathered({ people: people.sort(worstFirst), notSeen, leftOut, window: input.window });
}

type People = Pick<ReplayResult, 'people' | 'notSeen'> & Pick<ReplayCounts, 'leftOut'> & { window: ReplayWindow };

function gathered({ people, notSeen, leftOut, window }: People): ReplayResult {
  const sum = (count: (person: ReplayPerson) => number) => people.reduce((total, person) => total + count(person), 0);
  const firsts = people.flatMap(({ firstSeen }) => firstSeen ?? []).sort();
  const lasts = people.flatMap(({ lastSeen }) => lastSeen ?? []).sort();
  const { from, to } = window;
  return {
    people,
    notSeen,
    counts: {
      people: byOutcome((outcome) => sum((person) => (person.outcome === outcome ? 1 : 0))),
      signIns: byOutcome((outcome) => sum((person) => person.counts[outcome])),
      notSeen: notSeen.length,
      leftOut: { ...leftOut },
    },
    window: { from, to, firstSeen: firsts[0] ?? null, lastSeen: lasts.at(-1) ?? null },
  };
}

/** The same replay among some of its accounts; rows left out are told of the whole log. */
export function replayAmong(result: ReplayResult, belongs: (userId: string) => boolean): ReplayResult {
  return gathered({
    people: result.people.filter(({ userId }) => belongs(userId)),
    notSeen: result.notSeen.filter(belongs),
    leftOut: result.counts.leftOut,
    window: result.window,
  });
}

function byOutcome(count: (outcome: ReplayOutcome) => number): Record<ReplayOutcome, number> {
  return Object.fromEntries(REPLAY_OUTCOMES.map((outcome) => [outcome, count(outcome)])) as Record<
    ReplayOutcome,
    number
  >;
}

function rank(outcome: ReplayOutcome): number {
  return REPLAY_OUTCOMES.indexOf(outcome);
}

function worstFirst(a: ReplayPerson, b: ReplayPerson): number {
  return rank(b.outcome) - rank(a.outcome) || (a.userId < b.userId ? -1 : 1);
}

function personOf({ account, apps }: Seen): ReplayPerson {
  const rows = [...apps.values()].sort(
    (a, b) => rank(b.outcome) - rank(a.outcome) || b.count - a.count || (keyOf(a) < keyOf(b) ? -1 : 1),
  );
  const counts = byOutcome((outcome) =>
    rows.reduce((total, row) => total + (row.outcome === outcome ? row.count : 0), 0),
  );
  const { userId, kind, canAnswer } = account;
  return {
    ...{ userId, kind, canAnswer, counts },
    outcome: rows[0]?.outcome ?? 'unknown',
    signIns: rows.reduce((total, row) => total + row.count, 0),
    apps: rows,
    firstSeen: rows.map(({ firstSeen }) => firstSeen).sort()[0] ?? null,
    lastSeen:
      rows
        .map(({ lastSeen }) => lastSeen)
        .sort()
        .at(-1) ?? null,
    why: rows[0]?.why ?? '',
  };
}

function keyOf({ appId, client }: ReplayApp): string {
  return `${appId} ${client}`;
}

function unread({ userId, kind, canAnswer }: ReplayAccount): ReplayPerson {
  const counts = byOutcome(() => 0);
  const why = 'the sign-in log was not read';
  return {
    userId,
    kind,
    canAnswer,
    outcome: 'unknown',
    signIns: 0,
    counts,
    apps: [],
    firstSeen: null,
    lastSeen: null,
    why,
  };
}
