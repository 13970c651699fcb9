import { DAY_MS } from '../../lib/clock.ts';
import { draftOf } from '../policy/draft/draft-answer.ts';
import { compileBoth, type Judged } from '../policy/draft/draft-effect.core.ts';
import { withPlannedGroups } from '../policy/draft/draft-groups.core.ts';
import { personFacts } from '../policy/evaluator/person-facts.core.ts';
import { type CompiledTenant, compileTenant } from '../policy/evaluator/tenant.core.ts';
import { type GraphObject, objectOf } from '../policy/graph-json.core.ts';
import type { ManagedGroup, ManagedPolicy } from '../policy/managed-policies.core.ts';
import type { LogRow } from '../policy/replay/recorded-sign-in.core.ts';
import {
  createReplay,
  type Replay,
  type ReplayAccount,
  type ReplayKind,
  type ReplayResult,
} from '../policy/replay/replay.core.ts';
import { type ReplaySentences, replaySentences } from '../policy/replay/replay-sentence.core.ts';
import { required, rosterOf } from './answers.ts';
import { exceptionsOf } from './exception-answer.ts';
import { parseDraft } from './policy-answers.ts';
import type { Snapshot } from './snapshot-file.ts';

/** The answer of `policy replay`: a stored interface, to which fields may be added and none renamed. */
export type ReplayAnswer = ReplayResult & {
  sentence: string;
  sentences: ReplaySentences;
  window: ReplayResult['window'] & { days: number };
  /** Whether the log was read; `notRead` makes everybody unknown. */
  log: 'read' | 'notRead';
};

export type ReplayQuestion = {
  days: number;
  /** The last phase: the draft includes everybody, with the same exclusions. */
  everyone?: boolean | undefined;
  /** A policy of one's own as JSON text, in place of the managed draft. */
  draftText?: string | undefined;
};

/** The managed policies and the groups behind them. */
export type ReplayDraft = { policies: readonly ManagedPolicy[]; groups: readonly ManagedGroup[] };

/**
 * Replays the sign-ins of a snapshot against the draft. Refuses with `snapshot_part_missing` without accounts and with
 * `draft_invalid` a draft that is no policy. Without sign-ins everybody is unknown.
 */
export function replayOf(snapshot: Snapshot, question: ReplayQuestion): ReplayAnswer {
  const signIns = snapshot.signIns ?? null;
  const draft = question.draftText === undefined ? draftOf(snapshot, exceptionsOf(snapshot)).draft : null;
  const replay = beginReplay(snapshot, question, draft);
  for (const row of signIns ?? []) replay.add(row);
  return replay.answer(signIns !== null);
}

export type OpenReplay = Pick<Replay, 'add'> & { answer(isLogRead: boolean): ReplayAnswer };

/** Begins a replay whose rows come from elsewhere, page by page. Refuses as `replayOf` does. */
export function beginReplay(snapshot: Snapshot, question: ReplayQuestion, draft: ReplayDraft | null): OpenReplay {
  const users = required(snapshot, 'users');
  const tenant = compileTenant(snapshot);
  const toMs = Date.parse(snapshot.takenAt);
  const replay = createReplay({
    judged: judgedWith(snapshot, question, { tenant, draft }),
    tenantId: snapshot.tenantId.toLowerCase(),
    accounts: accountsOf(snapshot, users, tenant),
    window: { from: new Date(toMs - question.days * DAY_MS).toISOString(), to: new Date(toMs).toISOString() },
    defaultsOn: tenant.securityDefaultsOn === true,
  });
  return {
    add: (row) => replay.add(inUtc(row)),
    answer: (isLogRead) => {
      const result = replay.result(isLogRead);
      const sentences = replaySentences(result, isLogRead);
      const window = { ...result.window, days: question.days };
      return { ...result, window, log: isLogRead ? 'read' : 'notRead', sentence: sentences.en, sentences };
    },
  };
}

type Drafted = { tenant: CompiledTenant; draft: ReplayDraft | null };

function judgedWith(snapshot: Snapshot, question: ReplayQuestion, { tenant, draft }: Drafted): Judged {
  const live = snapshot.policies ?? null;
  if (question.draftText !== undefined) return compileBoth({ tenant, live, draft: parseDraft(question.draftText) });
  const enforce = objectOf(draft?.policies.find(({ name }) => name === 'ENFORCE')?.json) ?? {};
  const policy: GraphObject = {
    ...(question.everyone === true ? forEverybody(enforce) : enforce),
    id: 'draft:ENFORCE',
  };
  return compileBoth({ tenant: withPlannedGroups(tenant, draft?.groups ?? []), live, draft: policy });
}

function forEverybody(policy: object): object {
  const { conditions } = policy as { conditions?: unknown };
  const users = objectOf(objectOf(conditions)?.users);
  return {
    ...policy,
    conditions: {
      ...objectOf(conditions),
      users: { includeUsers: ['All'], excludeGroups: users?.excludeGroups ?? [] },
    },
  };
}

function accountsOf(
  snapshot: Snapshot,
  users: NonNullable<Snapshot['users']>,
  tenant: CompiledTenant,
): ReplayAccount[] {
  const { registration, authenticationMethods, perUserMfa } = snapshot;
  const facts = personFacts({ tenant, registration, authenticationMethods });
  const perUser = new Map((perUserMfa ?? []).map((row) => [row.id.toLowerCase(), row.perUserMfaState.toLowerCase()]));
  const kindOf = createKinds(snapshot);
  return users.map((user) => {
    const state = perUser.get(user.id.toLowerCase());
    return {
      userId: user.id,
      kind: kindOf(user),
      isEnabled: user.accountEnabled !== false,
      canAnswer: facts(user, 'unknown', null).capable,
      perUserMfaOn: state === 'enabled' || state === 'enforced',
    };
  });
}

const KINDS: ReadonlySet<string> = new Set<ReplayKind>([
  'guest',
  'sharedMailbox',
  'room',
  'equipment',
  'serviceAccount',
  'breakGlass',
]);

/** The exception table knows service accounts by what they do; the master list knows the rest. */
function createKinds(snapshot: Snapshot): (user: { id: string; userType?: string | null | undefined }) => ReplayKind {
  const roster = (snapshot.hr ?? null) === null ? null : rosterOf(snapshot);
  const kinds = new Map<string, string>(
    [
      ...(roster?.people ?? []).map((person) => [person.accountId, 'employee'] as const),
      ...(roster?.accountWithoutHr ?? []).map((row) => [row.accountId, row.class] as const),
      ...(snapshot.mailboxes ?? []).map(({ id, userPurpose }) => [id, PURPOSES.get(userPurpose ?? '') ?? ''] as const),
    ].filter(([, kind]) => kind !== ''),
  );
  for (const { accountId, kind } of exceptionsOf(snapshot).exceptions) {
    if (kind !== 'onLeave') kinds.set(accountId, kind);
  }
  return ({ id, userType }) => {
    const kind = kinds.get(id) ?? (userType?.toLowerCase() === 'guest' ? 'guest' : 'other');
    return kind === 'employee' || KINDS.has(kind) ? (kind as ReplayKind) : 'other';
  };
}

const PURPOSES: ReadonlyMap<string, ReplayKind> = new Map([
  ['shared', 'sharedMailbox'],
  ['room', 'room'],
  ['equipment', 'equipment'],
]);

/** Graph writes UTC; a file written by hand may not. */
function inUtc(row: LogRow): LogRow {
  const at = row.createdDateTime;
  if (typeof at !== 'string' || at.endsWith('Z')) return row;
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? row : { ...row, createdDateTime: new Date(ms).toISOString() };
}
