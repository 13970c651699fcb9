import { type CompiledPolicies, compilePolicies, type UserClass } from '../evaluate.core.ts';
import { type GraphObject, type JsonObject, type Part, textOf } from '../graph-json.core.ts';
import { AXIS, spaceOf } from './cover-axes.core.ts';
import { boxesOf, createBoxContext } from './cover-boxes.core.ts';
import { type Axes, type Box, coversAll, type Space, slices } from './cover-space.core.ts';
import { type CoverReason, limitsOf, PER_USER_MFA, reasonsOf, reportOnlyIn } from './coverage-reasons.core.ts';
import { coverWhy } from './coverage-words.core.ts';
import { type PersonFacts, type PersonInput, personFacts } from './person-facts.core.ts';
import { DIRECTORY_SYNC_ROLE } from './role-templates.core.ts';
import type { Subject } from './tenant.core.ts';

/**
 * Who is covered by MFA, and by what. `all`: MFA for all applications in every case. `some`: only for some
 * applications. `partial`: limited by place, platform, client, device, flow, risk or an inactive role. `none`.
 * `unknown`: something needed was not read or not understood. A case in which nobody gets in counts as covered.
 *
 * Security Defaults are a cover of their own and at most `partial`: outside administration Microsoft decides when to
 * ask ("Security defaults in Microsoft Entra ID"), and the account of Entra Connect is left out. Per-user MFA asks in
 * browsers and modern clients; app passwords pass it by, so alone it is `partial`. No policy can be enabled while
 * Security Defaults are on, so that an enabled policy proves them off where they were not read.
 */
type Covered = 'all' | 'some' | 'partial' | 'none' | 'unknown';

export type CoverageRow = PersonFacts & {
  readonly userId: string;
  readonly covered: Covered;
  /** Ids of the policies that cover, `securityDefaults`, `perUserMfa`. */
  readonly by: readonly string[];
  /** The same with the name of each, what it does and how it reaches the person. */
  readonly covering: readonly CoverReason[];
  /** What limits the cover: `app`, `client`, `platform`, `place`, `device`, `flow`, `risk`, `role`. */
  readonly limitedBy: readonly string[];
  /** Enforced MFA policies that leave this person out on purpose, and how. */
  readonly excludedFrom: readonly { readonly policyId: string; readonly how: string }[];
  /** Enforced policies for this person in which MFA is one of several ways in. */
  readonly alternativeIn: readonly string[];
  /** Enforced policies for this person that hand over to a third party's MFA. */
  readonly thirdPartyIn: readonly string[];
  /** Policies that would ask this person for MFA and only report: they protect nobody. */
  readonly reportOnlyIn: readonly string[];
  /** Whether Security Defaults reach this person; `leftOut`: they are on and leave the account out. */
  readonly securityDefaults: 'on' | 'off' | 'leftOut' | 'unknown';
  readonly why: string;
};

export type CoverageInput = PersonInput & {
  readonly users: readonly GraphObject[];
  /** Compiled policies; null when policies were not read. */
  readonly policies: CompiledPolicies | null;
  readonly perUserMfa?: Part<JsonObject>;
};

/** Judges every user. Promises one row per user, in the order given, in time linear in the number of users. */
export function coverage(input: CoverageInput): readonly CoverageRow[] {
  const facts = personFacts(input);
  const judgeCover = createJudge(input);
  const perUser = input.perUserMfa
    ? new Map(
        input.perUserMfa.map((row) => [
          textOf(row.id)?.toLowerCase(),
          textOf(row.perUserMfaState)?.toLowerCase() ?? null,
        ]),
      )
    : null;
  return input.users.map((user) => {
    const id = user.id.toLowerCase();
    const state = perUser === null ? null : stateIn(perUser, id);
    const cover = judgeCover(id, state);
    return { userId: user.id, ...cover, ...facts(user, cover.covered, state) };
  });
}

/** Whoever is in no row has none; a row without a state tells nothing. */
function stateIn(states: ReadonlyMap<string | undefined, string | null>, id: string): string | null {
  return states.has(id) ? (states.get(id) ?? null) : 'disabled';
}

type Cover = Omit<CoverageRow, keyof PersonFacts | 'userId'>;

/** Per-user MFA as it bears on cover: asked for, not asked for, or not read or not understood. */
type PerUser = 'on' | 'off' | 'unread';

type Defaults = 'on' | 'off' | 'unread' | 'syncAccount';

function createJudge(input: CoverageInput): (id: string, perUserState: string | null) => Cover {
  // Where Security Defaults are on no policy can be enabled, whether or not policies could be read (without P1 they cannot).
  const defaultsAlone = input.tenant.securityDefaultsOn === true ? compilePolicies(input.tenant, []) : null;
  const policies = input.policies ?? defaultsAlone;
  const { securityDefaultsOn } = input.tenant;
  if (policies === null) return (_id, state) => withoutPolicies(perUserOf(state), securityDefaultsOn);
  const judge = createClassJudge(policies);
  const defaults = defaultsOf(policies);
  const defaultsFor = defaults === 'on' ? createDefaults(input) : () => defaults;
  return (id, state) => {
    const subject = policies.tenant.subjects?.get(id);
    if (subject === undefined) return withoutPolicies(perUserOf(state), securityDefaultsOn);
    return judge(subject, perUserOf(state), defaultsFor(id));
  };
}

/**
 * Whom Security Defaults that are on leave out: the account of directory synchronisation. It is told by its role; where
 * roles were not read it may be any account that is not synchronised itself, in a tenant that synchronises any.
 */
function createDefaults({ tenant, users }: CoverageInput): (id: string) => Defaults {
  if (tenant.rolesRead) {
    const { active } = tenant.holdersOf(DIRECTORY_SYNC_ROLE);
    return (id) => (active.has(id) ? 'syncAccount' : 'on');
  }
  const synced = new Set(users.flatMap((user) => (user.onPremisesSyncEnabled === true ? [user.id.toLowerCase()] : [])));
  return (id) => (synced.size === 0 || synced.has(id) ? 'on' : 'unread');
}

function perUserOf(state: string | null): PerUser {
  if (state === 'enabled' || state === 'enforced') return 'on';
  return state === 'disabled' ? 'off' : 'unread';
}

function defaultsOf({ policies, tenant }: CompiledPolicies): Defaults {
  if (tenant.securityDefaultsOn !== null) return tenant.securityDefaultsOn ? 'on' : 'off';
  return policies.some((policy) => policy.state === 'enabled') ? 'off' : 'unread';
}

const NOTHING = { limitedBy: [], excludedFrom: [], alternativeIn: [], thirdPartyIn: [], reportOnlyIn: [] } as const;

function withoutPolicies(perUser: PerUser, securityDefaultsOn: boolean | null): Cover {
  return {
    ...NOTHING,
    covered: 'unknown',
    by: perUser === 'on' ? ['perUserMfa'] : [],
    covering: perUser === 'on' ? [PER_USER_MFA] : [],
    // Whether a person who was not read is among those they leave out is not known either.
    securityDefaults: securityDefaultsOn === false ? 'off' : 'unknown',
    why: 'Conditional Access policies were not read.',
  };
}

const DEFAULTS_TOLD = { on: 'on', off: 'off', syncAccount: 'leftOut', unread: 'unknown' } as const;

function createClassJudge(policies: CompiledPolicies) {
  const enforced = policies.policies.filter((policy) => policy.isEnforced);
  const space = spaceOf(enforced, policies.tenant);
  const context = createBoxContext(enforced, space, policies.tenant);
  const known = new Map<UserClass, Map<string, Cover>>();
  return (subject: Subject, perUser: PerUser, defaults: Defaults): Cover => {
    const userClass = policies.classOf(subject);
    const covers = known.get(userClass) ?? new Map<string, Cover>();
    known.set(userClass, covers);
    const key = `${perUser} ${defaults}`;
    const found = covers.get(key);
    if (found !== undefined) return found;
    const boxes = policies.policies.map((policy, index) => {
      const verdict = userClass.verdicts[index];
      return verdict === undefined ? NO_BOXES : boxesOf(policy, verdict, context);
    });
    const cover = judgeBoxes({ policies, userClass, boxes, space: withRoles(space, userClass), perUser, defaults });
    covers.set(key, cover);
    return cover;
  };
}

const NO_BOXES = { certain: [], possible: [] } as const;

function withRoles(space: Space, { verdicts }: UserClass): Space {
  const roles = verdicts.flatMap((verdict) => [...verdict.whenActive, ...verdict.unlessActive]);
  return new Map([...space, ...roles.map((role) => [`${AXIS.role}${role}`, ['in', 'out']] as const)]);
}

type Judged = {
  readonly policies: CompiledPolicies;
  readonly userClass: UserClass;
  readonly boxes: readonly { readonly certain: readonly Box[]; readonly possible: readonly Box[] }[];
  readonly space: Space;
  readonly perUser: PerUser;
  readonly defaults: Defaults;
};

/** Where per-user MFA asks: everywhere except with app passwords in old clients. */
const PER_USER_BOX: Box = {
  policyId: 'perUserMfa',
  effect: 'mfa',
  axes: new Map([[AXIS.client, new Set(['browser', 'mobileappsanddesktopclients'])]]),
};

function judgeBoxes(judged: Judged): Cover {
  const { boxes, space, perUser, defaults } = judged;
  const certain = [...boxes.flatMap((each) => each.certain), ...(perUser === 'on' ? [PER_USER_BOX] : [])];
  const possible = [...boxes.flatMap((each) => each.possible), ...(perUser === 'off' ? [] : [PER_USER_BOX])];
  const atLeast = withDefaults(levelOf(certain, space), defaults === 'on');
  const atMost = withDefaults(levelOf(possible, space), defaults === 'on' || defaults === 'unread');
  const covered = atLeast === 'all' || atLeast === atMost ? atLeast : 'unknown';
  const by = coveringIds(certain, { covered, space, defaults });
  return {
    covered,
    by,
    covering: reasonsOf(by, { ...judged, certain }),
    limitedBy: covered === 'all' ? [] : limitsOf(certain.filter((box) => box.effect === 'mfa')),
    ...asides(judged),
    securityDefaults: DEFAULTS_TOLD[defaults],
    why: coverWhy({
      ...judged,
      covered,
      by,
      unread: { defaults: defaults === 'unread', perUser: perUser === 'unread' },
    }),
  };
}

function withDefaults(level: Covered, defaultsOn: boolean): Covered {
  return defaultsOn && level === 'none' ? 'partial' : level;
}

function levelOf(boxes: readonly Box[], space: Space): Covered {
  const all = coversAll(
    boxes.map((box) => box.axes),
    space,
  );
  const asking = boxes.filter((box) => box.effect === 'mfa');
  if (all === null) return 'unknown';
  if (all) return 'all';
  if (asking.length === 0) return 'none';
  return coversSomeApp(boxes, space) ? 'some' : 'partial';
}

const EFFECT_AXIS = 'effect';

/** Whether one application is covered in every case, by MFA and not by a block alone. */
function coversSomeApp(boxes: readonly Box[], space: Space): boolean {
  if (!boxes.some((box) => box.axes.has(AXIS.app))) return false;
  // The effect travels along as an axis of its own, so that a slice still tells MFA from a block.
  const marked = boxes.map(({ axes, effect }): Axes => new Map([...axes, [EFFECT_AXIS, new Set([effect])]]));
  return slices(marked, AXIS.app, space).some((slice) => {
    const asks = slice.some((axes) => axes.get(EFFECT_AXIS)?.has('mfa') === true);
    const plain = slice.map((axes): Axes => new Map([...axes].filter(([axis]) => axis !== EFFECT_AXIS)));
    return asks && coversAll(plain, space) === true;
  });
}

type Covering = { readonly covered: Covered; readonly space: Space; readonly defaults: Defaults };

function coveringIds(boxes: readonly Box[], { covered, space, defaults }: Covering): readonly string[] {
  const asking = boxes.filter((box) => box.effect === 'mfa');
  const needsBlocks =
    covered === 'all' &&
    coversAll(
      asking.map((box) => box.axes),
      space,
    ) !== true;
  const ids = (needsBlocks ? boxes : asking).map((box) => box.policyId);
  return [...new Set([...ids, ...(defaults === 'on' ? ['securityDefaults'] : [])])];
}

type Asides = Pick<Cover, 'excludedFrom' | 'alternativeIn' | 'thirdPartyIn' | 'reportOnlyIn'>;

function asides({ policies, userClass }: Judged): Asides {
  const entries = policies.policies.flatMap((policy, index) => {
    const verdict = userClass.verdicts[index];
    const counts = policy.isEnforced && policy.standing.outcome !== 'no';
    return verdict !== undefined && counts ? [{ policy, verdict }] : [];
  });
  const idsWith = (requirement: string) =>
    entries
      .filter(({ policy, verdict }) => policy.grant.requirement === requirement && verdict.outcome !== 'no')
      .map(({ policy }) => policy.id);
  return {
    excludedFrom: entries
      .filter(({ policy, verdict }) => policy.grant.requirement === 'mfa' && verdict.reason.startsWith('excluded'))
      .map(({ policy, verdict }) => ({ policyId: policy.id, how: verdict.reason })),
    alternativeIn: idsWith('alternative'),
    thirdPartyIn: idsWith('thirdParty'),
    reportOnlyIn: reportOnlyIn(policies, userClass),
  };
}
