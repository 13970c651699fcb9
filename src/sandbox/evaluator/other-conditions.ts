/**
 * Platform, client app, risk, authentication flow, and whatever a policy may ask that is not known here.
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions
 */
import type { GraphObject } from '../world/world.ts';
import { type Answer, anyOf, type Finding, inScope, notGiven, notUnderstood, yesIf } from './answers.ts';
import {
  type AnalysisReason,
  type Circumstances,
  CLIENT_APPS,
  INSIDER_RISK_LEVELS,
  PLATFORMS,
  RISK_LEVELS,
  TRANSFER_METHODS,
} from './sign-in.ts';
import { flagsAt, objectAt, saysNothing, unknownKeys, wordsAt } from './wire.ts';

/** Exchange ActiveSync "supported platforms (such as iOS, Android, and Windows)". */
const EAS_PLATFORMS = ['ios', 'android', 'windows'];

/** "The default is to apply to all device platforms"; a platform nobody knows is only in `all`. */
export function platformFinding(conditions: GraphObject, signIn: Circumstances): Finding {
  const platforms = objectAt(conditions, 'platforms');
  const unknown = unknownKeys(platforms, ['includePlatforms', 'excludePlatforms']);
  if (unknown.length > 0) return { answer: notUnderstood(`platforms.${unknown.join()}`), reason: 'devicePlatform' };
  const included = wordsAt(platforms, 'includePlatforms');
  const excluded = wordsAt(platforms, 'excludePlatforms');
  if (included.length === 0 && excluded.length === 0) return { answer: 'yes', reason: 'devicePlatform' };
  if (included.length === 0) {
    return { answer: notUnderstood('platforms.includePlatforms'), reason: 'devicePlatform' };
  }
  const isOn = (entry: string): Answer => {
    if (entry === 'all') return 'yes';
    if (!isWordOf(PLATFORMS, entry)) return notUnderstood(`platform ${entry}`);
    if (signIn.platform === undefined) return notGiven('devicePlatform');
    return yesIf(signIn.platform?.toLowerCase() === entry);
  };
  return { answer: inScope(anyOf(included.map(isOn)), anyOf(excluded.map(isOn))), reason: 'devicePlatform' };
}

/** Browser, mobile apps and desktop clients, Exchange ActiveSync clients, other clients. */
const CHECKED_CLIENTS = ['browser', 'mobileappsanddesktopclients', 'exchangeactivesync', 'other'];

/** "Policies apply to all client app types even if the client apps condition isn't configured." */
export function clientAppFinding(conditions: GraphObject, signIn: Circumstances): Finding {
  const types = wordsAt(conditions, 'clientAppTypes');
  // "When set to Yes applies to checked items": with the four of the admin center checked no client is left out.
  const isEachChecked = CHECKED_CLIENTS.every((type) => types.includes(type));
  if (types.length === 0 || isEachChecked) return { answer: 'yes', reason: 'clientApps' };
  return { answer: anyOf(types.map((type) => clientAppAnswer(type, signIn))), reason: 'clientApps' };
}

/**
 * `exchangeActiveSync` "includes EAS supported and unsupported platforms", `easSupported` only the supported ones,
 * of which the platform decides.
 * https://learn.microsoft.com/graph/api/resources/conditionalaccessconditionset
 */
function clientAppAnswer(type: string, signIn: Circumstances): Answer {
  if (type === 'all') return 'yes';
  if (!isWordOf(CLIENT_APPS, type)) return notUnderstood(`clientAppType ${type}`);
  if (signIn.clientApp === undefined) return notGiven('clientAppType');
  const given = signIn.clientApp?.toLowerCase();
  if (given === type) return 'yes';
  if (type === 'exchangeactivesync') return yesIf(given === 'eassupported');
  if (given !== 'exchangeactivesync' || type !== 'eassupported') return 'no';
  if (signIn.platform === undefined) return notGiven('devicePlatform');
  return yesIf(signIn.platform !== null && EAS_PLATFORMS.includes(signIn.platform.toLowerCase()));
}

/** The risk conditions. No level chosen: the condition is not configured. The level `none` is a level to choose. */
export function riskFindings(conditions: GraphObject, signIn: Circumstances): Finding[] {
  return [
    {
      answer: levelAnswer(wordsAt(conditions, 'signInRiskLevels'), signIn.signInRisk, 'signInRiskLevel'),
      reason: 'signInRisk',
    },
    {
      answer: levelAnswer(wordsAt(conditions, 'userRiskLevels'), signIn.userRisk, 'userRiskLevel'),
      reason: 'userRisk',
    },
  ];
}

/** Risk of a workload identity; policies about users do not ask for it. */
export function servicePrincipalRiskFinding(conditions: GraphObject, signIn: Circumstances): Finding {
  const levels = wordsAt(conditions, 'servicePrincipalRiskLevels');
  return {
    answer: levelAnswer(levels, signIn.servicePrincipalRisk, 'servicePrincipalRiskLevel'),
    reason: 'signInRisk',
  };
}

/** https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions#insider-risk */
export function insiderRiskFinding(conditions: GraphObject, signIn: Circumstances): Finding {
  const levels = flagsAt(conditions, 'insiderRiskLevels');
  const answer = wordAnswer(levels, {
    known: INSIDER_RISK_LEVELS,
    given: signIn.insiderRisk,
    name: 'insiderRiskLevel',
  });
  return { answer, reason: 'insiderRisk' };
}

/** https://learn.microsoft.com/entra/identity/conditional-access/concept-authentication-flows */
export function flowFinding(conditions: GraphObject, signIn: Circumstances): Finding {
  const flows = flagsAt(objectAt(conditions, 'authenticationFlows'), 'transferMethods').filter(
    (flow) => flow !== 'none',
  );
  const unknown = unknownKeys(objectAt(conditions, 'authenticationFlows'), ['transferMethods']);
  if (unknown.length > 0) {
    return { answer: notUnderstood(`authenticationFlows.${unknown.join()}`), reason: 'authenticationFlow' };
  }
  const answer = wordAnswer(flows, {
    known: TRANSFER_METHODS,
    given: signIn.transferMethod,
    name: 'authenticationFlow',
  });
  return { answer, reason: 'authenticationFlow' };
}

function levelAnswer(levels: readonly string[], given: string | undefined, name: string): Answer {
  // The risk of a sign-in is always one of riskLevel's words; with each of them chosen none is left out.
  if (RISK_LEVELS.every((level) => levels.includes(level))) return 'yes';
  return wordAnswer(levels, { known: RISK_LEVELS, given, name });
}

function wordAnswer(
  chosen: readonly string[],
  asked: { known: readonly string[]; given: string | undefined; name: string },
): Answer {
  if (chosen.length === 0) return 'yes';
  return anyOf(
    chosen.map((word) => {
      if (!isWordOf(asked.known, word)) return notUnderstood(`${asked.name} ${word}`);
      return asked.given === undefined ? notGiven(asked.name) : yesIf(asked.given.toLowerCase() === word);
    }),
  );
}

const KNOWN_CONDITIONS = [
  'users',
  'clientApplications',
  'applications',
  'clientAppTypes',
  'platforms',
  'locations',
  'devices',
  'signInRiskLevels',
  'userRiskLevels',
  'servicePrincipalRiskLevels',
  'insiderRiskLevels',
  'authenticationFlows',
];

const REASON_OF = new Map<string, AnalysisReason>([
  ['times', 'time'],
  ['deviceStates', 'devices'],
  ['clients', 'clientApps'],
]);

/**
 * What belongs to policies about workload identities does not stand in a policy about users ("either users or
 * clientApplications"); what it would do there is not documented.
 */
export function workloadConditionFindings(conditions: GraphObject): Finding[] {
  return ['clientApplications', 'servicePrincipalRiskLevels']
    .filter((key) => !saysNothing(conditions[key]))
    .map((key) => ({ answer: notUnderstood(`conditions.${key}`), reason: 'invalidCondition' }));
}

/** Conditions that this evaluator does not know: each may keep the policy from applying, nobody here can tell. */
export function unknownConditionFindings(conditions: GraphObject): Finding[] {
  return unknownKeys(conditions, KNOWN_CONDITIONS).map((key) => ({
    answer: notUnderstood(`conditions.${key}`),
    reason: REASON_OF.get(key) ?? 'invalidCondition',
  }));
}

function isWordOf(words: readonly string[], word: string): boolean {
  return words.some((known) => known.toLowerCase() === word);
}
