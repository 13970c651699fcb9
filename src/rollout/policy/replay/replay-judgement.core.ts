/**
 * What a recorded sign-in would have come to under the draft. The sign-in was let in, so that only what the draft adds
 * to the live policies can change it: policies add up, and whoever meets them today meets them then. Whatever the log,
 * the readings or the policies leave open makes the answer `unknown`, never "nothing changes".
 */

import type { Judged } from '../draft/draft-effect.core.ts';
import { type CompiledPolicies, evaluateSignIn, type UserClass } from '../evaluate.core.ts';
import type { Answer, SignInResult } from '../evaluator/answer.core.ts';
import type { Grant } from '../evaluator/grant-controls.core.ts';
import type { Shape } from './recorded-shape.core.ts';
import type { Satisfied } from './recorded-sign-in.core.ts';

/** From good to bad; the worst of a person's sign-ins is what is said of the person. */
export const REPLAY_OUTCOMES = [
  'unchanged',
  'promptedCanAnswer',
  'unknown',
  'promptedNotRegistered',
  'wouldFail',
] as const;

export type ReplayOutcome = (typeof REPLAY_OUTCOMES)[number];

export type Said = { readonly outcome: ReplayOutcome; readonly why: string };

/** What is known of the person and the row beside the shape of the sign-in. */
export type Circumstance = {
  readonly satisfied: Satisfied;
  readonly canAnswer: 'yes' | 'no' | 'unknown';
  readonly perUserMfaOn: boolean;
  readonly defaultsOn: boolean;
};

/** What the policies say of a shape and a kind of person. */
export type Weighed = {
  readonly reach: 'yes' | 'no' | 'open' | 'unknown';
  readonly reason: string;
  readonly asked: Answer;
  readonly blocked: Answer;
};

export type Weigher = {
  /** People whom all policies treat alike. */
  classOf(userId: string): string;
  weigh(shape: Shape, person: { readonly userId: string; readonly kind: string }): Weighed;
  readonly grant: Grant;
};

/** Prepares the weighing; each shape is weighed once for each kind of person. */
export function createWeigher({ before, after, draftId }: Judged): Weigher {
  const names = new Map<UserClass, string>();
  const nameOf = (policies: CompiledPolicies | null, userId: string) => {
    const subject = policies?.tenant.subjects?.get(userId.toLowerCase());
    if (policies === null || subject === undefined) return '';
    const userClass = policies.classOf(subject);
    const name = names.get(userClass) ?? String(names.size);
    names.set(userClass, name);
    return name;
  };
  const known = new Map<Shape, Map<string, Weighed>>();
  const draft = after.policies.find((policy) => policy.id === draftId);
  if (draft === undefined) throw new RangeError('the draft is among the policies that are judged');
  return {
    grant: draft.grant,
    classOf: (userId) => `${nameOf(before, userId)} ${nameOf(after, userId)}`,
    weigh: (shape, { userId, kind }) => {
      const byKind = known.get(shape) ?? new Map<string, Weighed>();
      known.set(shape, byKind);
      const found = byKind.get(kind);
      if (found !== undefined) return found;
      const weighed = weighShape({ before, after, draftId }, shape, userId);
      byKind.set(kind, weighed);
      return weighed;
    },
  };
}

const REACH = { applies: 'yes', notApplies: 'no', conditional: 'open', unknown: 'unknown' } as const;

function weighShape({ before, after, draftId }: Judged, shape: Shape, userId: string): Weighed {
  const each = shape.signIns.map((signIn) => {
    const asking = { ...signIn, userId };
    const today = before === null ? null : evaluateSignIn(before, asking);
    const drafted = evaluateSignIn(after, asking).applies.find(({ policyId }) => policyId === draftId);
    return {
      reach: REACH[drafted?.result ?? 'unknown'],
      reason: drafted?.reasons.join('; ') ?? '',
      asked: today === null || before === null ? 'unknown' : askedToday(before, today, shape),
      blocked: today?.blocked ?? 'unknown',
    };
  });
  return {
    reach: agreed(each.map(({ reach }) => reach)) ?? 'open',
    reason: [...new Set(each.map(({ reason }) => reason))].join('; '),
    asked: agreed(each.map(({ asked }) => asked)) ?? 'partial',
    blocked: agreed(each.map(({ blocked }) => blocked)) ?? 'partial',
  };
}

/**
 * Whether MFA is asked for today. A policy that takes a device or something else instead asks those who have nothing
 * else to show: older clients show nothing at all, and a code entered elsewhere shows no device.
 */
function askedToday(before: CompiledPolicies, today: SignInResult, shape: Shape): Answer {
  if (today.mfaRequired !== 'no') return today.mfaRequired;
  const results = new Map(today.applies.map(({ policyId, result }) => [policyId, result]));
  const choosing = before.policies.filter(
    ({ id, isEnforced, grant }) =>
      isEnforced && grant.requirement === 'alternative' && results.get(id) !== 'notApplies',
  );
  const isForced = choosing.some(({ id, grant }) => results.get(id) === 'applies' && hasNothingElse(grant, shape));
  if (isForced) return 'yes';
  return choosing.length > 0 ? 'partial' : 'no';
}

const DEVICE_CONTROLS: ReadonlySet<string> = new Set(['compliantdevice', 'domainjoineddevice']);

function hasNothingElse({ others }: Grant, { isOlderClient, signIns }: Shape): boolean {
  if (isOlderClient) return true;
  const isByCode = signIns[0]?.authenticationFlow === 'deviceCodeFlow';
  return isByCode && others.every((control) => DEVICE_CONTROLS.has(control));
}

/** What all say; null where they differ. */
function agreed<T>(answers: readonly T[]): T | null {
  const [first] = answers;
  return first !== undefined && answers.every((answer) => answer === first) ? first : null;
}

const SAME = { outcome: 'unchanged' } as const;

/** Says what one sign-in would have come to. */
export function judgeRecorded(grant: Grant, weighed: Weighed, shape: Shape, given: Circumstance): Said {
  if (weighed.reach === 'no') return { ...SAME, why: `the draft does not apply: ${weighed.reason}` };
  const keptOut = whyKeptOut(weighed, shape, given);
  if (keptOut !== null) return { ...SAME, why: keptOut };
  if (grant.isEmpty) return { ...SAME, why: 'the draft asks for nothing' };
  if (grant.requirement === 'block') return blockedBy(weighed);
  if (grant.requirement !== 'mfa') {
    return { outcome: 'unknown', why: 'whether the sign-in meets what the draft asks for is not in the log' };
  }
  return askedBy(grant, weighed, shape, given);
}

/** Why such a sign-in does not get in today, whatever it did when it was recorded; null when it does. */
function whyKeptOut(weighed: Weighed, shape: Shape, given: Circumstance): string | null {
  if (weighed.blocked === 'yes') return 'blocked by the live policies already';
  if (shape.speechless !== null && weighed.asked === 'yes') return 'the live policies let such a client fail already';
  return given.defaultsOn && shape.isOlderClient ? 'Security Defaults block older clients already' : null;
}

function blockedBy(weighed: Weighed): Said {
  if (weighed.reach === 'yes') return { outcome: 'wouldFail', why: 'the draft blocks the sign-in' };
  return open(weighed);
}

function open({ reason }: Weighed): Said {
  return { outcome: 'unknown', why: `whether the draft applies cannot be told: ${reason}` };
}

function askedBy(grant: Grant, weighed: Weighed, shape: Shape, given: Circumstance): Said {
  const asksMore = grant.others.length > 0 || grant.isBeyondMfa;
  const asked = asksMore ? null : whyAskedAlready(weighed, shape, given);
  if (asked !== null) return { ...SAME, why: asked };
  if (weighed.reach !== 'yes') return open(weighed);
  if (given.satisfied === 'untold' && weighed.asked !== 'no') {
    return { outcome: 'unknown', why: 'whether MFA is asked for today cannot be told' };
  }
  if (shape.speechless !== null) return { outcome: 'wouldFail', why: SPEECHLESS[shape.speechless] };
  if (asksMore) return { outcome: 'unknown', why: 'the draft asks for more than MFA, which the log does not prove' };
  return PROMPTED[given.canAnswer];
}

/** Why MFA is no news at this sign-in; null when it is. */
function whyAskedAlready(weighed: Weighed, { isOlderClient }: Shape, given: Circumstance): string | null {
  if (given.satisfied === 'yes') return 'the sign-in was satisfied by MFA';
  if (weighed.asked === 'yes') return 'the live policies require MFA already';
  // An older client that got in under per-user MFA has an app password, which no policy accepts.
  return given.perUserMfaOn && !isOlderClient ? 'per-user MFA asks already' : null;
}

const SPEECHLESS = {
  legacy: 'the protocol cannot ask for MFA',
  ropc: 'a program signs in with a stored password (ROPC), and nobody sees the prompt',
  deviceCode: 'a device that was signed in by code shows no prompt, and stops until somebody enters a new code',
} as const;

const PROMPTED: Record<Circumstance['canAnswer'], Said> = {
  yes: { outcome: 'promptedCanAnswer', why: 'would be asked, and has a method to answer with' },
  no: { outcome: 'promptedNotRegistered', why: 'would be asked, and has no method to answer with' },
  unknown: { outcome: 'unknown', why: 'would be asked, and whether a method is registered is not known' },
};
