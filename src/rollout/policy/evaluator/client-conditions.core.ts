import { flagsOf, isEmpty, objectOf, strangeMembers, textsOf } from '../graph-json.core.ts';
import { allOf, notOf, type Outcome, type Verdict } from './outcome.core.ts';
import { given, type SignIn } from './sign-in.core.ts';

/**
 * With what: client application, device platform, authentication flow, risk. Each condition that is not configured
 * holds for everything. Source: "Conditional Access: Conditions" and "Conditional Access: Authentication flows".
 */
export type ValueCondition = {
  match(signIn: SignIn): Verdict;
  /** Whether the condition holds for one of its atoms (lower case); for judging cover. */
  holdsFor(atom: string): Outcome;
  readonly isSet: boolean;
};

const ANYTHING = { outcome: 'yes', reason: '' } as const;

/** Platforms on which Exchange ActiveSync can be limited by platform. */
export const EAS_PLATFORMS: ReadonlySet<string> = new Set(['android', 'ios', 'windows']);

/** The kinds of client there are; a policy that lists each of them is for every client. */
const EVERY_CLIENT = ['browser', 'mobileappsanddesktopclients', 'exchangeactivesync', 'other'] as const;
const CLIENT_APPS: ReadonlySet<string> = new Set(['all', 'eassupported', ...EVERY_CLIENT]);

/** Compiles `conditions.clientAppTypes`; empty means all, since Graph shows "not configured" that way. */
export function compileClientApps(value: unknown): ValueCondition {
  const types = textsOf(value);
  if (types === null) return strangeCondition('clientAppTypes');
  const isEvery = EVERY_CLIENT.every((client) => types.includes(client));
  if (types.length === 0 || types.includes('all') || isEvery) return unset();
  const listed = inList(types, CLIENT_APPS);
  const holdsFor = (client: string | null): Outcome => {
    if (client === 'eassupported' && types.includes('exchangeactivesync')) return 'yes';
    const outcome = listed(client);
    // Whether the client is a supported ActiveSync client depends on the platform.
    const dependsOnPlatform = client === 'exchangeactivesync' && types.includes('eassupported');
    return outcome === 'no' && dependsOnPlatform ? 'conditional' : outcome;
  };
  const match = (signIn: SignIn): Verdict => {
    const client = given(signIn.clientAppType);
    if (client === 'exchangeactivesync' && types.includes('eassupported') && isSupportedByEas(signIn))
      return { outcome: 'yes', reason: reasonFor('yes', 'client application') };
    const outcome = holdsFor(client);
    if (outcome !== 'conditional') return { outcome, reason: reasonFor(outcome, 'client application') };
    if (client === null) return { outcome, reason: 'depends on the client application, which was not given' };
    const settled = given(signIn.platform) === null ? 'conditional' : 'no';
    return { outcome: settled, reason: reasonFor(settled, 'client application') };
  };
  return { isSet: true, holdsFor, match };
}

function isSupportedByEas(signIn: SignIn): boolean {
  return EAS_PLATFORMS.has(given(signIn.platform) ?? '');
}

const PLATFORMS: ReadonlySet<string> = new Set(['android', 'ios', 'windows', 'windowsphone', 'macos', 'linux', 'all']);

/** Compiles `conditions.platforms`. */
export function compilePlatforms(value: unknown): ValueCondition {
  if (isEmpty(value)) return unset();
  const members = objectOf(value);
  const include = textsOf(members?.includePlatforms);
  const exclude = textsOf(members?.excludePlatforms);
  const unread = members === null || include === null || exclude === null || include.length === 0;
  if (unread || strangeMembers(members, new Set(['includePlatforms', 'excludePlatforms'])).length > 0) {
    return strangeCondition('platforms');
  }
  const holdsFor = (platform: string | null): Outcome =>
    allOf([isAmong(include, platform), notOf(isAmong(exclude, platform))]);
  // "Any platform" without an exclusion is no limit, whatever the platform.
  if (include.includes('all') && exclude.length === 0) return unset();
  return { isSet: true, holdsFor, match: matchBy((signIn) => given(signIn.platform), holdsFor, 'platform') };
}

function isAmong(platforms: readonly string[], platform: string | null): Outcome {
  return platforms.includes('all') ? 'yes' : inList(platforms, PLATFORMS)(platform);
}

const TRANSFER_METHODS: ReadonlySet<string> = new Set(['devicecodeflow', 'authenticationtransfer']);

/** Compiles `conditions.authenticationFlows`; `none` is the flow of an ordinary sign-in. */
export function compileFlows(value: unknown): ValueCondition {
  if (isEmpty(value)) return unset();
  const members = objectOf(value);
  const methods = flagsOf(members?.transferMethods ?? '');
  if (members === null || methods === null) return strangeCondition('authenticationFlows');
  if (strangeMembers(members, new Set(['transferMethods'])).length > 0) return strangeCondition('authenticationFlows');
  if (methods.length === 0) return unset();
  const holdsFor = inList(methods, TRANSFER_METHODS);
  return {
    isSet: true,
    holdsFor,
    match: matchBy((signIn) => given(signIn.authenticationFlow), holdsFor, 'authentication flow'),
  };
}

/**
 * Every risk there is (riskLevel); a policy that lists each of them is for every risk. `hidden` is of them: the risk of
 * somebody whom ID Protection does not watch (signIn, `riskLevelDuringSignIn`).
 */
export const RISK_LEVELS = ['none', 'low', 'medium', 'high', 'hidden'] as const;
const RISKS: ReadonlySet<string> = new Set(RISK_LEVELS);
const INSIDER_RISKS: ReadonlySet<string> = new Set(['none', 'minor', 'moderate', 'elevated']);

/** Compiles `signInRiskLevels` or `userRiskLevels`. */
export function compileRisk(value: unknown, kind: 'signInRisk' | 'userRisk'): ValueCondition {
  const levels = textsOf(value);
  if (levels === null) return strangeCondition(`${kind}Levels`);
  if (levels.length === 0 || RISK_LEVELS.every((level) => levels.includes(level))) return unset();
  const holdsFor = inList(levels, RISKS);
  const what = kind === 'signInRisk' ? 'sign-in risk' : 'user risk';
  return { isSet: true, holdsFor, match: matchBy((signIn) => given(signIn[kind]), holdsFor, what) };
}

/** Compiles `insiderRiskLevels`, a text of flags. */
export function compileInsiderRisk(value: unknown): ValueCondition {
  if (isEmpty(value)) return unset();
  const levels = flagsOf(value);
  if (levels === null) return strangeCondition('insiderRiskLevels');
  if (levels.length === 0) return unset();
  const holdsFor = inList(levels, INSIDER_RISKS);
  return { isSet: true, holdsFor, match: matchBy((signIn) => given(signIn.insiderRisk), holdsFor, 'insider risk') };
}

/** Whether a value is in the list; null is a value that was not given. A word not known may mean any value. */
function inList(list: readonly string[], known: ReadonlySet<string>): (value: string | null) => Outcome {
  const strange = list.some((value) => !known.has(value));
  const otherwise = strange ? 'unknown' : 'no';
  return (value) => {
    if (value === null) return strange || list.length === 0 ? otherwise : 'conditional';
    return list.includes(value) ? 'yes' : otherwise;
  };
}

function matchBy(read: (signIn: SignIn) => string | null, holdsFor: (value: string | null) => Outcome, what: string) {
  return (signIn: SignIn): Verdict => {
    const value = read(signIn);
    const outcome = holdsFor(value);
    if (value === null && outcome === 'conditional')
      return { outcome, reason: `depends on the ${what}, which was not given` };
    return { outcome, reason: reasonFor(outcome, what) };
  };
}

function reasonFor(outcome: Outcome, what: string): string {
  switch (outcome) {
    case 'yes':
      return `for this ${what}`;
    case 'no':
      return `not for this ${what}`;
    case 'conditional':
      return `depends on more than the ${what}`;
    case 'unknown':
      return `the condition on the ${what} is not understood`;
  }
}

function unset(): ValueCondition {
  return { isSet: false, holdsFor: () => 'yes', match: () => ANYTHING };
}

function strangeCondition(what: string): ValueCondition {
  const verdict: Verdict = { outcome: 'unknown', reason: `the condition "${what}" is not understood` };
  return { isSet: true, holdsFor: () => 'unknown', match: () => verdict };
}
