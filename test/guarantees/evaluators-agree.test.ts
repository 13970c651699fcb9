/**
 * Two evaluators of Conditional Access were written apart from each other from Microsoft's documents: the product's and
 * the sandbox's. Here they judge the same random sign-ins. Where they differ one of them is wrong, or the documents
 * leave a choice: docs/evaluator-choices.md tells what was chosen. More cases with EVALUATOR_CASES, other cases with
 * EVALUATOR_SEED.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { CompiledPolicies } from '../../src/rollout/policy/evaluate.core.ts';
import { objectAt, saysNothing, textAt, wordsAt } from '../../src/sandbox/evaluator/wire.ts';
import type { GraphObject } from '../../src/sandbox/world/world.ts';
import {
  type Answers,
  askProduct,
  askSandbox,
  compileForProduct,
  coverByProduct,
  productSignIn,
  type Verdict,
  withoutSomeFacts,
} from '../support/random-ca-both.ts';
import { type RandomCase, randomCases, seededRandom } from '../support/random-ca-cases.ts';

const CASES = Number(process.env.EVALUATOR_CASES ?? 100_000);
const FIRST_SEED = Number(process.env.EVALUATOR_SEED ?? 1);
const SIGN_INS_PER_TENANT = 4;
/** Cover is worked out for one tenant in so many: it looks at every sign-in at once and takes its time. */
const TENANTS_PER_COVER = 5;
/** A single machine judges some thousand cases a second; a busy one takes its time. */
const SLOW_MS = 120_000 + 3 * CASES;
/** So few cases need not show every answer. */
const CASES_FOR_SHARES = 10_000;
/** An exception that excuses more than this share of the cases has become a hole. */
const EXCUSED_SHARE_MAX = 0.01;
const DIFFERENCES_SHOWN = 5;

/**
 * Classes of cases in which the product knows less than the sandbox and says so: it may leave open what the sandbox can
 * tell, and nothing else is excused. Each is a property of the case alone.
 */
const EXCEPTIONS = {
  /** The product may not read custom security attributes; the sandbox reads its own world. */
  applicationFilter: ({ policies }: RandomCase) => policies.some(hasApplicationFilter),
  /** One policy comes on with a role that the other goes off with: the product answers policy by policy. */
  eligibleRole: ({ tenant, policies }: RandomCase) =>
    tenant.roleEligibilities.some(({ roleDefinitionId }) => {
      const naming = (side: string) =>
        policies.filter((policy) => wordsAt(usersOf(policy), side).includes(roleDefinitionId));
      return naming('includeRoles').some((one) => naming('excludeRoles').some((other) => other !== one));
    }),
} satisfies Record<string, (given: RandomCase) => boolean>;

type Exception = keyof typeof EXCEPTIONS;

function conditionsOf(policy: GraphObject): GraphObject {
  return objectAt(policy, 'conditions');
}

function usersOf(policy: GraphObject): GraphObject {
  return objectAt(conditionsOf(policy), 'users');
}

function hasApplicationFilter(policy: GraphObject): boolean {
  return !saysNothing(objectAt(conditionsOf(policy), 'applications').applicationFilter);
}

type Difference = { what: string; product: string; sandbox: string; excuse: Exception | null };

/** What the two say differently about one case, each with the exception that excuses it. */
function differencesOf(given: RandomCase, product: Answers, sandbox: Answers): Difference[] {
  const onPolicies = given.policies.map((policy): Difference => {
    const said = {
      product: product.policies[policy.id] ?? 'nothing',
      sandbox: sandbox.policies[policy.id] ?? 'nothing',
    };
    return { what: policy.id, ...said, excuse: hasApplicationFilter(policy) ? 'applicationFilter' : null };
  });
  const onDemands = (['mfaRequired', 'blocked'] as const).map(
    (what): Difference => ({ what, product: product[what], sandbox: sandbox[what], excuse: demandExcuseOf(given) }),
  );
  return [...onPolicies, ...onDemands]
    .filter((pair) => pair.product !== pair.sandbox)
    .map((pair) => ({ ...pair, excuse: OPEN.includes(pair.product) ? pair.excuse : null }));
}

function demandExcuseOf(given: RandomCase): Exception | null {
  if (EXCEPTIONS.applicationFilter(given)) return 'applicationFilter';
  return EXCEPTIONS.eligibleRole(given) ? 'eligibleRole' : null;
}

const OPEN: readonly string[] = ['unknown', 'open'];

const FACTS = [
  'clientAppType',
  'devicePlatform',
  'ipAddress',
  'country',
  'signInRiskLevel',
  'userRiskLevel',
  'insiderRiskLevel',
  'authenticationFlow',
  'deviceInfo',
];

/** Every fact about the sign-in and the person is told, and nothing is left to a later choice. */
function isFullySpecified(given: RandomCase): boolean {
  const conditions = objectAt(given.signIn, 'signInConditions');
  const isContext = textAt(objectAt(given.signIn, 'signInContext'), '@odata.type') === '#microsoft.graph.authContext';
  return (
    FACTS.every((fact) => conditions[fact] !== undefined || given.absent.some((name) => name === fact)) &&
    given.tenant.roleEligibilities.length === 0 &&
    !isContext &&
    !EXCEPTIONS.applicationFilter(given)
  );
}

type Tally = {
  cases: number;
  fullySpecified: number;
  verdicts: Record<Verdict, number>;
  excused: Record<Exception, { inClass: number; excused: number }>;
  /** Differences that nothing excuses. */
  differences: string[];
  /** Fully specified sign-ins on which the two differ, or one calls something open for want of a fact. */
  openWithoutNeed: string[];
  /** Certain answers of the product to a part of the facts that the sandbox, told all, contradicts. */
  contradictions: string[];
  /** People whom the product calls covered, or not, against what the sandbox says of one of their sign-ins. */
  wrongCover: string[];
  covered: Record<'all' | 'none', number>;
};

function newTally(): Tally {
  const none = { inClass: 0, excused: 0 };
  return {
    cases: 0,
    fullySpecified: 0,
    verdicts: { applies: 0, notApplies: 0, conditional: 0, unknown: 0 },
    excused: { applicationFilter: { ...none }, eligibleRole: { ...none } },
    differences: [],
    openWithoutNeed: [],
    contradictions: [],
    wrongCover: [],
    covered: { all: 0, none: 0 },
  };
}

function judgeAll(): Tally {
  const tally = newTally();
  for (let seed = FIRST_SEED; tally.cases < CASES; seed += 1) {
    const cases = randomCases(seededRandom(seed), SIGN_INS_PER_TENANT);
    const compiled = compileForProduct(cases);
    const cover = seed % TENANTS_PER_COVER === 0 ? coverByProduct(compiled, cases) : new Map<string, string>();
    for (const [index, given] of cases.entries()) {
      // The product judges people only; policies about workload identities never reach them.
      if (objectAt(given.signIn, 'signInIdentity').servicePrincipalId !== undefined) continue;
      judgeCase({ given, compiled, cover, where: `EVALUATOR_SEED=${seed}, sign-in ${index}` }, tally);
    }
  }
  return tally;
}

type Asked = {
  given: RandomCase;
  compiled: CompiledPolicies;
  cover: ReadonlyMap<string, string>;
  where: string;
};

function judgeCase(asked: Asked, tally: Tally): void {
  const { given, compiled, where } = asked;
  const product = askProduct(compiled, productSignIn(given));
  const sandbox = askSandbox(given);
  const differences = differencesOf(given, product, sandbox);
  tally.cases += 1;
  for (const verdict of Object.values(sandbox.policies)) tally.verdicts[verdict] += 1;
  for (const name of ['applicationFilter', 'eligibleRole'] as const) {
    if (EXCEPTIONS[name](given)) tally.excused[name].inClass += 1;
    if (differences.some(({ excuse }) => excuse === name)) tally.excused[name].excused += 1;
  }
  const unexcused = differences.filter(({ excuse }) => excuse === null);
  if (unexcused.length > 0) tally.differences.push(`${where}: ${inWords(unexcused)}`);
  if (!isFullySpecified(given)) return;
  tally.fullySpecified += 1;
  judgeCover(asked, sandbox, tally);
  const verdicts = [...Object.values(product.policies), ...Object.values(sandbox.policies)];
  if (differences.length > 0 || verdicts.includes('conditional')) tally.openWithoutNeed.push(where);
  const told = askProduct(compiled, withoutSomeFacts(productSignIn(given), seededRandom(tally.cases)));
  const wrong = differencesOf(given, told, sandbox).filter((pair) => !STAYS_OPEN.includes(pair.product));
  if (wrong.length > 0) tally.contradictions.push(`${where}: ${inWords(wrong)}`);
}

/** Covered in every case is asked or kept out whatever the sign-in to an application; covered in none is never asked. */
function judgeCover({ given, cover, where }: Asked, sandbox: Answers, tally: Tally): void {
  const userId = textAt(objectAt(given.signIn, 'signInIdentity'), 'userId')?.toLowerCase() ?? '';
  const isToApplication = objectAt(given.signIn, 'signInContext').includeApplications !== undefined;
  const covered = cover.get(userId);
  if (!isToApplication || (covered !== 'all' && covered !== 'none')) return;
  tally.covered[covered] += 1;
  const isSafe = sandbox.mfaRequired === 'yes' || sandbox.blocked === 'yes';
  const isWrong = covered === 'all' ? !isSafe : sandbox.mfaRequired === 'yes';
  if (isWrong)
    tally.wrongCover.push(`${where}: covered ${covered}, MFA ${sandbox.mfaRequired}, blocked ${sandbox.blocked}`);
}

const STAYS_OPEN: readonly string[] = ['conditional', 'unknown', 'open'];

function inWords(differences: readonly Difference[]): string {
  return differences.map(({ what, product, sandbox }) => `${what}: product ${product}, sandbox ${sandbox}`).join('; ');
}

/** The first of the lines, after their number; empty when there are none. */
function shown(lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`${lines.length} in all`, ...lines.slice(0, DIFFERENCES_SHOWN)].join('\n');
}

describe('the two evaluators', () => {
  let tally = newTally();

  beforeAll(() => {
    tally = judgeAll();
    const excused = Object.entries(tally.excused).map(
      ([name, { inClass, excused: used }]) => `${name} excused ${used} (of ${inClass} in its class)`,
    );
    process.stdout.write(
      `evaluators: ${tally.cases} cases, ${tally.fullySpecified} fully specified; ${excused.join(', ')}\n`,
    );
  }, SLOW_MS);

  it('say the same of every policy, of MFA and of a block', () => {
    expect(shown(tally.differences)).toBe('');
  });

  it('never differ on a fully specified sign-in, and ask for no further fact about it', () => {
    expect(shown(tally.openWithoutNeed)).toBe('');
  });

  it('are not contradicted by facts told later: what the product says of a part holds for the whole', () => {
    expect(shown(tally.contradictions)).toBe('');
  });

  it('agree about cover: it is never claimed where a sign-in gets by, nor denied where one is asked', () => {
    expect(shown(tally.wrongCover)).toBe('');
  });

  it('are excused seldom', () => {
    for (const [name, { excused }] of Object.entries(tally.excused)) {
      expect(excused / tally.cases, name).toBeLessThan(EXCUSED_SHARE_MAX);
    }
  });

  it.skipIf(CASES < CASES_FOR_SHARES)('are compared on every kind of answer, and mostly on whole sign-ins', () => {
    const all = Object.values(tally.verdicts).reduce((sum, count) => sum + count, 0);
    for (const [verdict, count] of Object.entries(tally.verdicts)) expect(count / all, verdict).toBeGreaterThan(0.01);
    expect(tally.verdicts.applies / all).toBeGreaterThan(0.08);
    expect(tally.fullySpecified / tally.cases).toBeGreaterThan(0.1);
    for (const [covered, count] of Object.entries(tally.covered)) expect(count, covered).toBeGreaterThan(0);
    for (const [name, { inClass }] of Object.entries(tally.excused)) expect(inClass, name).toBeGreaterThan(0);
  });
});
