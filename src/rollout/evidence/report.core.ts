/**
 * The closing report: who is enforced, who is not and why, what is carved out on whose signature, and what stays open.
 * Every account stands in exactly one row, so that the totals add up: in scope = enforced + excepted + not enforced +
 * unknown, and all accounts = in scope + out of scope. Every figure has the ids of its rows beside it.
 */
import type { Json } from '../../lib/canonical-json.ts';
import { digestOf } from '../../lib/digest.ts';
import { exceptionStates, standingsOf } from './report-standing.core.ts';
import {
  FIGURES,
  type FigureKey,
  type PolicyFact,
  type ReportAccount,
  type ReportException,
  type ReportFacts,
  type ReportModel,
  type ReportPhase,
  type Standing,
  type UnreadPart,
} from './report-types.core.ts';

/** Makes the report of these facts. The same facts give the same report; the order in which lists come does not count. */
export function reportOf(facts: ReportFacts): ReportModel {
  const accounts = standingsOf(facts);
  const exceptions = exceptionStates(facts, accounts);
  const references = referencesOf(facts, accounts, exceptions);
  const unread = new Set<FigureKey>(unreadFigures(facts));
  const counted = FIGURES.map((key) => [key, unread.has(key) ? null : references[key].length] as const);
  const { customer, takenAt, securityDefaultsOn, registrationReadAt, journal, rollout } = facts;
  return {
    version: 1,
    customer,
    takenAt,
    figures: Object.fromEntries(counted) as ReportModel['figures'],
    references,
    accounts,
    phases: phasesOf(facts, accounts),
    methods: methodsOf(accounts),
    exceptions,
    exceptionKinds: kindsOf(exceptions),
    signature: facts.exceptions?.signature ?? null,
    breakGlass: facts.exceptions?.breakGlass.toSorted((a, b) => compare(a.accountId, b.accountId)) ?? null,
    exceptionsUnread: facts.exceptions?.unknown.toSorted(compare) ?? [],
    hrWithoutAccount: withoutAccount(facts),
    policies: facts.policies === null ? null : policiesOf(facts.policies, facts),
    securityDefaultsOn,
    registrationReadAt,
    rollout: rollout === null || rollout === 'none' ? rollout : spanOf(rollout),
    approvals: facts.approvals?.toSorted((a, b) => a.seq - b.seq) ?? null,
    findings: facts.findings?.toSorted((a, b) => compare(a.id, b.id)) ?? null,
    journal,
    notRead: notRead(facts),
  };
}

/** The digest that a report is known by: two reports that say the same have the same. */
export function digestOfReport(model: ReportModel): string {
  return digestOf(wellFormed(model as unknown as Json));
}

/** Directories hold half surrogate pairs, which canonical JSON refuses; they are replaced, as browsers do. */
function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(wellFormed);
  const members = Object.entries(value as Record<string, Json>);
  return Object.fromEntries(members.map(([name, member]) => [name.toWellFormed(), wellFormed(member)]));
}

function spanOf({ startsOn, deadline, state }: Exclude<ReportFacts['rollout'], null | 'none'>) {
  return { startsOn, deadline, state };
}

function referencesOf(
  facts: ReportFacts,
  accounts: readonly ReportAccount[],
  exceptions: readonly ReportException[],
): ReportModel['references'] {
  const ids = (isMeant: (account: ReportAccount) => boolean) => accounts.filter(isMeant).map((row) => row.accountId);
  const inScope = ({ standing }: ReportAccount) => standing !== 'outOfScope';
  const standing = (wanted: Standing) => ids((account) => account.standing === wanted);
  const enrolled = (wanted: string) => ids((account) => inScope(account) && account.enrolment === wanted);
  const stated = (wanted: string) => rowIds(exceptions.filter(({ state }) => state === wanted));
  const policies = (states: readonly string[]) =>
    (facts.policies ?? [])
      .filter((one) => one.asksForMfa && states.includes(one.state))
      .map(({ id }) => id)
      .sort(compare);
  const findings = (wanted: string) =>
    (facts.findings ?? [])
      .filter(({ state }) => state === wanted)
      .map(({ id }) => id)
      .sort(compare);
  return {
    'accounts.total': ids(() => true),
    'accounts.people': ids((account) => account.class === 'employee'),
    'accounts.outOfScope': standing('outOfScope'),
    'accounts.inScope': ids(inScope),
    'scope.enforced': standing('enforced'),
    'scope.excepted': standing('excepted'),
    'scope.notEnforced': standing('notEnforced'),
    'scope.unknown': standing('unknown'),
    'enrolment.capable': enrolled('capable'),
    'enrolment.not': enrolled('not'),
    'enrolment.unknown': enrolled('unknown'),
    'enforced.notCapable': ids((account) => account.standing === 'enforced' && account.enrolment === 'not'),
    'hr.withoutAccount': withoutAccount(facts).map(({ employeeId }) => employeeId),
    'exceptions.total': rowIds(exceptions),
    'exceptions.carvedOut': stated('carvedOut'),
    'exceptions.enforcedAnyway': stated('enforcedAnyway'),
    'exceptions.unsigned': stated('unsigned'),
    'exceptions.ended': stated('ended'),
    'exceptions.signInBlocked': stated('signInBlocked'),
    'exceptions.outOfScope': stated('outOfScope'),
    'exceptions.accountGone': stated('accountGone'),
    'policies.enforcing': policies(['enabled']),
    'policies.reportOnly': policies(['enabledForReportingButNotEnforced']),
    'findings.open': findings('open'),
    'findings.waived': findings('waived'),
    'findings.gone': findings('gone'),
  };
}

/** An account may be an exception for two reasons, each with an end of its own. */
function rowIds(rows: readonly ReportException[]): string[] {
  return rows.map(({ accountId, kind }) => `${accountId} ${kind}`);
}

/** The figures that nothing is known about, which must not look like zero. */
function unreadFigures(facts: ReportFacts): FigureKey[] {
  const begins = (...starts: string[]) => FIGURES.filter((key) => starts.some((start) => key.startsWith(start)));
  const noRoster = facts.roster === null ? begins('accounts.', 'scope.', 'enrolment.', 'enforced.', 'hr.') : [];
  const noExceptions = facts.exceptions === null ? begins('exceptions.', 'scope.excepted') : [];
  const noPolicies = facts.policies === null ? begins('policies.') : [];
  const isCoverRead = facts.coverage !== null && facts.policies !== null;
  const noCover = isCoverRead
    ? []
    : begins('scope.enforced', 'scope.notEnforced', 'enforced.', 'exceptions.enforcedAnyway');
  const noRegistration = facts.registrationReadAt === null ? begins('enrolment.', 'enforced.') : [];
  const noFindings = facts.findings === null ? begins('findings.') : [];
  return [...noRoster, ...noExceptions, ...noPolicies, ...noCover, ...noRegistration, ...noFindings];
}

function notRead(facts: ReportFacts): UnreadPart[] {
  const { roster, exceptions, policies, securityDefaultsOn, coverage, registrationReadAt, rollout } = facts;
  const { approvals, findings, journal } = facts;
  const phasePeople = rollout === null || rollout === 'none' ? 'not asked' : rollout.people;
  const parts = { roster, exceptions, policies, coverage, rollout, phasePeople, approvals, findings, journal };
  const all = { ...parts, securityDefaults: securityDefaultsOn, registration: registrationReadAt };
  const names = Object.keys(all) as (keyof typeof all)[];
  return names.filter((name) => all[name] === null).sort(compare);
}

const NOBODY = { enforced: 0, excepted: 0, notEnforced: 0, unknown: 0, outOfScope: 0 } as const;

function phasesOf(facts: ReportFacts, accounts: readonly ReportAccount[]): ReportPhase[] {
  const counts = new Map<string | null, Record<Standing, number>>();
  for (const { phase, standing } of accounts) {
    const of = counts.get(phase) ?? { ...NOBODY };
    of[standing] += 1;
    counts.set(phase, of);
  }
  const rollout = facts.rollout === null || facts.rollout === 'none' ? null : facts.rollout;
  const known = (rollout?.phases ?? []).toSorted((a, b) => a.ordinal - b.ordinal || compare(a.name, b.name));
  const names = new Set(known.map(({ name }) => name));
  const rows = known.map((phase): ReportPhase => ({ ...phase, counts: counts.get(phase.name) ?? NOBODY }));
  const strays = [...counts].filter(([name]) => name === null || !names.has(name));
  const unknown = { ordinal: null, state: null, enforceOn: null, enforcedAt: null };
  const others = strays.map(([name, of]): ReportPhase => ({ name, ...unknown, counts: of }));
  return [...rows, ...others.sort((a, b) => compare(a.name ?? '\uFFFF', b.name ?? '\uFFFF'))];
}

/** Registered methods of the accounts in scope, the most usual first. */
function methodsOf(accounts: readonly ReportAccount[]): ReportModel['methods'] {
  const counts = new Map<string, number>();
  for (const account of accounts) {
    if (account.standing === 'outOfScope') continue;
    for (const method of new Set(account.methods)) counts.set(method, (counts.get(method) ?? 0) + 1);
  }
  const rows = [...counts].map(([method, count]) => ({ method, accounts: count }));
  return rows.sort((a, b) => b.accounts - a.accounts || compare(a.method, b.method));
}

function kindsOf(exceptions: readonly ReportException[]): ReportModel['exceptionKinds'] {
  const kinds = [...new Set(exceptions.map(({ kind }) => kind))].sort(compare);
  return kinds.map((kind) => {
    const rows = exceptions.filter((row) => row.kind === kind);
    return { kind, total: rows.length, carvedOut: rows.filter(({ state }) => state === 'carvedOut').length };
  });
}

function withoutAccount({ roster }: ReportFacts): ReportModel['hrWithoutAccount'] {
  const rows = (roster?.hrWithoutAccount ?? []).map(({ employeeId, displayName, department, why }) => {
    return { employeeId, displayName, department, why };
  });
  return rows.sort((a, b) => compare(a.displayName, b.displayName) || compare(a.employeeId, b.employeeId));
}

function policiesOf(policies: readonly PolicyFact[], { coverage }: ReportFacts): NonNullable<ReportModel['policies']> {
  const covered = new Map<string, number>();
  for (const { by } of coverage ?? []) for (const id of new Set(by)) covered.set(id, (covered.get(id) ?? 0) + 1);
  const rows = policies.map((policy) => {
    return { ...policy, accountsCovered: coverage === null ? null : (covered.get(policy.id) ?? 0) };
  });
  const rank = ({ managed, state }: PolicyFact) => `${managed === null ? 1 : 0}${state === 'enabled' ? 0 : 1}`;
  return rows.sort((a, b) => compare(rank(a), rank(b)) || compare(a.name, b.name) || compare(a.id, b.id));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
