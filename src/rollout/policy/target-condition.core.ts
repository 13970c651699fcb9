import { isEmpty, objectOf, strangeMembers, textOf, textsOf } from './graph-json.core.ts';
import { APP_GROUPS, type AppGroup, MICROSOFT_SERVICES_TENANT } from './microsoft-apps.core.ts';
import type { Outcome, Verdict } from './outcome.core.ts';
import type { SignIn, SignInTarget } from './sign-in.core.ts';
import type { CompiledTenant } from './tenant.core.ts';

/**
 * What a policy protects: applications, user actions or authentication contexts. Exclusion wins. A policy for user
 * actions never applies to an application and the reverse; "All" is everything except user actions. Source:
 * "Conditional Access: Target resources".
 */
export type TargetCondition = {
  match(signIn: SignIn): Verdict;
  /** Whether the policy includes this application (lower case); for judging cover. */
  coversApp(appId: string): Outcome;
  /** Application ids the condition tells apart from the rest. */
  readonly mentioned: readonly string[];
  readonly isSet: boolean;
};

const UNDERSTOOD: ReadonlySet<string> = new Set([
  'includeApplications',
  'excludeApplications',
  'includeUserActions',
  'includeAuthenticationContextClassReferences',
  'applicationFilter',
]);

type AppSet = {
  readonly all: boolean;
  readonly ids: ReadonlySet<string>;
  readonly groups: readonly AppGroup[];
  /** Words for sets of applications that are not understood, and filters over custom attributes. */
  readonly strange: readonly string[];
};

type Targets = {
  readonly include: AppSet;
  readonly exclude: AppSet;
  readonly actions: ReadonlySet<string>;
  readonly contexts: ReadonlySet<string>;
  readonly strange: readonly string[];
  readonly apps: CompiledTenant['apps'];
};

/** Compiles `conditions.applications`. What is not understood makes the answer unknown, never a match. */
export function compileTargetCondition(value: unknown, tenant: CompiledTenant): TargetCondition {
  const targets = readTargets(value, tenant);
  const { include, exclude } = targets;
  const named = include.ids.size + include.groups.length + targets.actions.size + targets.contexts.size;
  return {
    isSet: include.all || named > 0 || include.strange.length > 0 || targets.strange.length > 0,
    mentioned: [include, exclude].flatMap((set) => [...set.ids, ...set.groups.flatMap((group) => [...group.ids])]),
    match: (signIn) => matchTarget(signIn.target ?? null, targets),
    coversApp: (appId) => matchApp(appId, targets).outcome,
  };
}

function readTargets(value: unknown, tenant: CompiledTenant): Targets {
  const applications = objectOf(value);
  const strange: string[] = applications === null && !isEmpty(value) ? ['applications'] : [];
  const members = applications ?? {};
  strange.push(...strangeMembers(members, UNDERSTOOD));
  const list = (key: string) => {
    const texts = textsOf(members[key]);
    if (texts === null) strange.push(key);
    return texts ?? [];
  };
  const filter = objectOf(members.applicationFilter);
  const mode = isEmpty(members.applicationFilter) ? null : (textOf(filter?.mode)?.toLowerCase() ?? 'unclear');
  if (mode !== null && mode !== 'include' && mode !== 'exclude') strange.push('applicationFilter');
  const filtered = 'the filter over custom security attributes';
  return {
    include: appSetOf(list('includeApplications'), mode === 'include' ? [filtered] : []),
    exclude: appSetOf(list('excludeApplications'), mode === 'exclude' ? [filtered] : []),
    actions: new Set(list('includeUserActions')),
    contexts: new Set(list('includeAuthenticationContextClassReferences')),
    strange,
    apps: tenant.apps,
  };
}

function appSetOf(words: readonly string[], filters: readonly string[]): AppSet {
  const groups = words.map((word) => APP_GROUPS.get(word)).filter((group) => group !== undefined);
  const strange = words.filter(isStrangeWord);
  const plain = words.filter((word) => !SPECIAL_WORDS.has(word) && !isStrangeWord(word));
  return { all: words.includes('all'), ids: new Set(plain), groups, strange: [...strange, ...filters] };
}

const SPECIAL_WORDS: ReadonlySet<string> = new Set(['all', 'none', 'office365', 'microsoftadminportals']);

/** A word for a set of applications that came later than this code, such as `AllAgentIdResources`. */
function isStrangeWord(word: string): boolean {
  return !SPECIAL_WORDS.has(word) && /^all[a-z]+$/.test(word);
}

function matchTarget(target: SignInTarget | null, targets: Targets): Verdict {
  if (target === null) return matchSomeApp(targets);
  switch (target.kind) {
    case 'app':
      return matchApp(target.appId.toLowerCase(), targets);
    case 'userAction':
      return matchAction(target.action.toLowerCase(), targets);
    case 'authenticationContext':
      return matchContext(target, targets);
  }
}

function matchApp(appId: string, targets: Targets): Verdict {
  const excluded = inAppSet(appId, targets.exclude, targets.apps);
  if (excluded === 'yes') return { outcome: 'no', reason: 'the application is excluded' };
  const included = inAppSet(appId, targets.include, targets.apps);
  if (included === 'no' && targets.strange.length === 0) {
    return { outcome: 'no', reason: 'the application is not among the included ones' };
  }
  const strange = [
    ...targets.strange,
    ...targets.exclude.strange,
    ...(included === 'yes' ? [] : targets.include.strange),
  ];
  if (strange.length > 0) return { outcome: 'unknown', reason: `${strange.join(', ')} cannot be judged` };
  return { outcome: 'yes', reason: targets.include.all ? 'for all applications' : 'for this application' };
}

function inAppSet(appId: string, set: AppSet, apps: CompiledTenant['apps']): Outcome {
  if (set.all || set.ids.has(appId)) return 'yes';
  if (set.groups.some((group) => inGroup(appId, group, apps))) return 'yes';
  return set.strange.length > 0 ? 'unknown' : 'no';
}

/** Microsoft lists some members of a group by name only; a name counts when Microsoft owns the application. */
function inGroup(appId: string, group: AppGroup, apps: CompiledTenant['apps']): boolean {
  if (group.ids.has(appId)) return true;
  const app = apps.get(appId);
  return app !== undefined && app.owner === MICROSOFT_SERVICES_TENANT && group.names.has(app.name.toLowerCase());
}

function matchAction(action: string, targets: Targets): Verdict {
  if (targets.actions.has(action)) return { outcome: 'yes', reason: 'for this user action' };
  if (targets.strange.length > 0)
    return { outcome: 'unknown', reason: `${targets.strange.join(', ')} cannot be judged` };
  return { outcome: 'no', reason: 'not for this user action' };
}

function matchContext(target: SignInTarget & { kind: 'authenticationContext' }, targets: Targets): Verdict {
  if (targets.contexts.has(target.id.toLowerCase()))
    return { outcome: 'yes', reason: 'for this authentication context' };
  if (typeof target.appId === 'string') return matchApp(target.appId.toLowerCase(), targets);
  return matchSomeApp(targets);
}

function matchSomeApp(targets: Targets): Verdict {
  const { include, exclude } = targets;
  const strange = [...targets.strange, ...exclude.strange, ...(include.all ? [] : include.strange)];
  if (strange.length > 0) return { outcome: 'unknown', reason: `${strange.join(', ')} cannot be judged` };
  const someIncluded = include.all || include.ids.size + include.groups.length > 0;
  if (!someIncluded || exclude.all) return { outcome: 'no', reason: 'not for applications' };
  const leavesSomeOut = !include.all || exclude.ids.size + exclude.groups.length > 0;
  if (leavesSomeOut) return { outcome: 'conditional', reason: 'depends on the application, which was not given' };
  return { outcome: 'yes', reason: 'for all applications' };
}
