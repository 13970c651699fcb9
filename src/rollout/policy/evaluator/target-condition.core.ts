import { isEmpty, isWordForSet, objectOf, strangeMembers, textOf, textsOf } from '../graph-json.core.ts';
import { APP_GROUPS, type AppGroup, MICROSOFT_SERVICES_TENANT } from './microsoft-apps.core.ts';
import { allOf, anyOf, notOf, type Outcome, type Verdict } from './outcome.core.ts';
import type { SignIn, SignInTarget } from './sign-in.core.ts';
import type { CompiledTenant } from './tenant.core.ts';

/**
 * What a policy protects: applications, user actions or authentication contexts. Exclusion wins. A policy for user
 * actions never applies to an application. "All" without an exclusion is every request for a token, the registration
 * of security information among them (conditionalAccessRoot: evaluate, example 3); whether it reaches further user
 * actions, or any once something is excluded, is documented nowhere and so unknown. Source: "Conditional Access:
 * Target resources".
 */
export type TargetCondition = {
  match(signIn: SignIn): Verdict;
  /** Whether the policy includes an application, given as an atom of `appAtoms`; for judging cover. */
  coversApp(atom: string): Outcome;
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
  /** Words for sets of applications that are not understood. */
  readonly strange: readonly string[];
  /** Whether a filter over custom security attributes, which are not read, adds applications. */
  readonly isFiltered: boolean;
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
    isSet: include.all || named > 0 || doubtsOf(include).length > 0 || targets.strange.length > 0,
    mentioned: [include, exclude].flatMap((set) => [
      ...set.ids,
      ...set.groups.flatMap((group) => [...group.ids, ...group.unsure]),
    ]),
    match: (signIn) => matchTarget(signIn.target ?? null, targets),
    coversApp: (atom) => {
      const [appId = '', belongs] = atom.split(' ');
      return matchApp(appId, targets, belongs === undefined ? 'unknown' : belongs === 'in' ? 'yes' : 'no').outcome;
    },
  };
}

const MAY_BELONG: ReadonlySet<string> = new Set([...APP_GROUPS.values()].flatMap((group) => [...group.unsure]));

/**
 * Applications (ids in lower case) as atoms of the space of sign-ins. One that may or may not belong to a group is two,
 * so that policies for the group and for the rest together still cover it.
 */
export function appAtoms(appIds: Iterable<string>): readonly string[] {
  return [...new Set(appIds)].flatMap((id) => (MAY_BELONG.has(id) ? [`${id} in`, `${id} out`] : [id]));
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
  return {
    include: appSetOf(list('includeApplications'), mode === 'include'),
    exclude: appSetOf(list('excludeApplications'), mode === 'exclude'),
    actions: new Set(list('includeUserActions')),
    contexts: new Set(list('includeAuthenticationContextClassReferences')),
    strange,
    apps: tenant.apps,
  };
}

function appSetOf(words: readonly string[], isFiltered: boolean): AppSet {
  const groups = words.map((word) => APP_GROUPS.get(word)).filter((group) => group !== undefined);
  const strange = words.filter(isStrangeWord);
  const plain = words.filter((word) => !SPECIAL_WORDS.has(word) && !isStrangeWord(word));
  return { all: words.includes('all'), ids: new Set(plain), groups, strange, isFiltered };
}

/** What of a set cannot be judged, in words. */
function doubtsOf({ strange, isFiltered }: AppSet): readonly string[] {
  return isFiltered ? [...strange, 'the filter over custom security attributes'] : strange;
}

const SPECIAL_WORDS: ReadonlySet<string> = new Set(['all', 'none', 'office365', 'microsoftadminportals']);

/** A word for a set of applications that came later than this code, such as `AllAgentIdResources`. */
function isStrangeWord(word: string): boolean {
  return !SPECIAL_WORDS.has(word) && isWordForSet(word);
}

function matchTarget(target: SignInTarget | null, targets: Targets): Verdict {
  if (target === null) return matchSomeApp(targets);
  switch (target.kind) {
    case 'app': {
      const appId = target.appId.toLowerCase();
      const group = SPECIAL_WORDS.has(appId) ? APP_GROUPS.get(appId) : undefined;
      return group === undefined ? matchApp(appId, targets) : matchGroup(group, targets);
    }
    case 'userAction':
      return matchAction(target.action.toLowerCase(), targets);
    case 'authenticationContext':
      return matchContext(target, targets);
  }
}

/** `ifUnsure`: what to take for the membership of an application in a group where nobody tells it. */
function matchApp(appId: string, targets: Targets, ifUnsure: Outcome = 'unknown'): Verdict {
  const app = { appId, ifUnsure, known: targets.apps.get(appId) };
  const excluded = inAppSet(app, targets.exclude);
  if (excluded === 'yes') return { outcome: 'no', reason: 'the application is excluded' };
  const included = inAppSet(app, targets.include);
  if (included === 'no' && targets.strange.length === 0) {
    return { outcome: 'no', reason: 'the application is not among the included ones' };
  }
  const doubts = [
    ...targets.strange,
    ...doubtsOf(targets.exclude),
    ...(included === 'yes' ? [] : doubtsOf(targets.include)),
  ];
  if (doubts.length > 0) return cannotJudge(doubts);
  if (excluded === 'unknown' || included === 'unknown')
    return {
      outcome: 'unknown',
      reason: 'whether this application belongs to the group that the policy names is not known',
    };
  return { outcome: 'yes', reason: targets.include.all ? 'for all applications' : 'for this application' };
}

type AskedApp = {
  readonly appId: string;
  readonly ifUnsure: Outcome;
  readonly known: { readonly name: string; readonly owner: string | null } | undefined;
};

function inAppSet(app: AskedApp, set: AppSet): Outcome {
  if (set.all || set.ids.has(app.appId)) return 'yes';
  const inGroups = anyOf(set.groups.map((group) => inGroup(app, group)));
  return doubtsOf(set).length > 0 ? anyOf([inGroups, 'unknown']) : inGroups;
}

/** Microsoft lists some members of a group by name only; a name counts when Microsoft owns the application. */
function inGroup({ appId, ifUnsure, known }: AskedApp, group: AppGroup): Outcome {
  if (group.ids.has(appId)) return 'yes';
  if (known?.owner === MICROSOFT_SERVICES_TENANT && group.names.has(known.name.toLowerCase())) return 'yes';
  return group.unsure.has(appId) ? ifUnsure : 'no';
}

/** Asked for any application of a group: settled by what names all of it, else it depends on which. */
function matchGroup(group: AppGroup, targets: Targets): Verdict {
  const holds = (set: AppSet): Outcome => {
    if (set.all || set.groups.includes(group)) return 'yes';
    if (doubtsOf(set).length > 0) return 'unknown';
    const isOfGroup = (appId: string) =>
      inGroup({ appId, ifUnsure: 'unknown', known: targets.apps.get(appId) }, group) !== 'no';
    return set.groups.length > 0 || [...set.ids].some(isOfGroup) ? 'conditional' : 'no';
  };
  const excluded = holds(targets.exclude);
  if (excluded !== 'yes' && targets.strange.length > 0) return cannotJudge(targets.strange);
  const outcome = allOf([holds(targets.include), notOf(excluded)]);
  switch (outcome) {
    case 'yes':
      return { outcome, reason: targets.include.all ? 'for all applications' : 'for these applications' };
    case 'conditional':
      return { outcome, reason: 'depends on which of these applications it is' };
    case 'no':
      return { outcome, reason: 'not for these applications' };
    case 'unknown':
      return cannotJudge([...doubtsOf(targets.include), ...doubtsOf(targets.exclude)]);
  }
}

function cannotJudge(doubts: readonly string[]): Verdict {
  return { outcome: 'unknown', reason: `${doubts.join(', ')} cannot be judged` };
}

/** The user action of which it is documented that a policy for all resources applies to it. */
const REGISTER_SECURITY_INFO = 'urn:user:registersecurityinfo';

function matchAction(action: string, targets: Targets): Verdict {
  const { include, exclude } = targets;
  if (targets.strange.length > 0) return cannotJudge(targets.strange);
  if (targets.actions.has(action)) return { outcome: 'yes', reason: 'for this user action' };
  if (include.all && !exclude.all) {
    if (action === REGISTER_SECURITY_INFO && excludesNothing(exclude))
      return { outcome: 'yes', reason: 'for all applications, which includes this user action' };
    return {
      outcome: 'unknown',
      reason: 'whether a policy for all applications reaches this user action is not known',
    };
  }
  if (include.strange.length > 0) return cannotJudge(include.strange);
  return { outcome: 'no', reason: 'not for this user action' };
}

function excludesNothing(exclude: AppSet): boolean {
  return exclude.ids.size + exclude.groups.length + doubtsOf(exclude).length === 0;
}

function matchContext(target: SignInTarget & { kind: 'authenticationContext' }, targets: Targets): Verdict {
  if (targets.strange.length > 0) return cannotJudge(targets.strange);
  if (targets.contexts.has(target.id.toLowerCase()))
    return { outcome: 'yes', reason: 'for this authentication context' };
  if (typeof target.appId === 'string') return matchApp(target.appId.toLowerCase(), targets);
  return matchSomeApp(targets);
}

function matchSomeApp(targets: Targets): Verdict {
  const { include, exclude } = targets;
  // What is not understood may widen the targets or narrow them.
  const doubt = targets.strange.length > 0 ? 'unknown' : 'no';
  const outcome = allOf([anyOf([holdsSomeApp(include), doubt]), notOf(anyOf([holdsSomeApp(exclude), doubt]))]);
  switch (outcome) {
    case 'yes':
      return { outcome, reason: 'for all applications' };
    case 'no':
      return { outcome, reason: 'not for applications' };
    case 'conditional':
      return { outcome, reason: 'depends on the application, which was not given' };
    case 'unknown':
      return cannotJudge([...targets.strange, ...doubtsOf(exclude), ...(include.all ? [] : doubtsOf(include))]);
  }
}

/** Whether a set holds an application of which nothing is known. */
function holdsSomeApp(set: AppSet): Outcome {
  if (set.all) return 'yes';
  if (doubtsOf(set).length > 0) return 'unknown';
  return set.ids.size + set.groups.length > 0 ? 'conditional' : 'no';
}
