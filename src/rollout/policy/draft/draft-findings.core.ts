/**
 * What stands against a draft (S3, S9, S10, S13, S14, S20, S31): the findings about sources, exceptions, licences and
 * people; those about the directory stand in a file of their own.
 */
import type { ExceptionRow } from '../../exceptions/exception-types.core.ts';
import { brokenRules } from '../managed-rules.core.ts';
import { watchFindings } from '../watch-findings.core.ts';
import { breakGlassFindings, nameFindings } from './directory-findings.core.ts';
import { type DraftFinding, type FindingsInput, type LicenceFacts, type Told, when } from './draft-finding.core.ts';
import { carvedOut } from './draft-groups.core.ts';

/** Every finding, those that block most first. */
export function findingsOf(input: FindingsInput): DraftFinding[] {
  const order = { push: 0, enforcement: 1, nothing: 2 };
  return [
    ...input.policies.flatMap((policy) => brokenRules(policy, input.groups)),
    ...breakGlassFindings(input),
    ...nameFindings(input),
    ...unreadFindings(input),
    ...exceptionFindings(input),
    ...licenceFindings(input.licence, input.effect.filter((row) => row.isEnabled && row.reach !== 'out').length),
    ...peopleFindings(input),
    ...watchFindings(input),
  ].sort((a, b) => order[a.blocks] - order[b.blocks]);
}

function unreadFindings({ live, directory, groups, isHrRead, tenant }: FindingsInput): DraftFinding[] {
  const sync = 'Run "mfa-rollout sync" and look at what it says about this source.';
  const unread = (code: string, what: string, blocks: DraftFinding['blocks']): Told => ({
    code,
    rule: 'S31',
    blocks,
    message: `${what}, so that the effect of the draft is not known in full.`,
    clear: sync,
  });
  const ownUnread = groups.some((group) => group.id !== null && tenant.membersOf(group.id.toLowerCase()).incomplete);
  return [
    ...when(live === null, unread('policies_not_read', 'The policies of the tenant were not read', 'push')),
    ...when(!isHrRead, unread('hr_not_read', 'HR was not read, and phases are made of departments', 'push')),
    ...when(!directory, unread('groups_not_read', 'The groups of the tenant were not read', 'push')),
    ...when(
      Boolean(directory) && ownUnread,
      unread('members_not_read', 'The members of a declared group were not read', 'push'),
    ),
    ...when(!tenant.rolesRead, unread('roles_not_read', 'Who is an administrator was not read', 'enforcement')),
    ...when(
      tenant.securityDefaultsOn === null,
      unread('security_defaults_not_read', 'Whether Security Defaults are on was not read', 'enforcement'),
    ),
    ...when(tenant.securityDefaultsOn === true, {
      code: 'security_defaults_on',
      rule: 'S14',
      blocks: 'enforcement',
      message: 'Security Defaults are on: Graph takes the draft, and refuses to enable any policy until they are off.',
      clear: 'Nothing to do now: the switch is a step of the rollout, first or last as its procedure says.',
    }),
  ];
}

function exceptionFindings({ table, groups, effect, today, declared }: FindingsInput): DraftFinding[] {
  const unsigned = table.exceptions.filter((row) => !row.signed && row.kind !== 'breakGlass');
  const allowed = new Set([...carvedOut(table.exceptions, today).map((row) => row.accountId), ...declared.breakGlass]);
  const excluded = groups.filter((group) => group.purpose === 'breakGlass' || group.purpose === 'exceptions');
  const strangers = excluded.flatMap((group) => group.members).filter((id) => !allowed.has(id));
  const asked = effect.filter((row) => row.reach === 'leftOut' && row.after !== 'never' && row.isEnabled);
  return [
    ...when(unsigned.length > 0, {
      code: 'exceptions_unsigned',
      rule: 'S13',
      blocks: 'enforcement',
      message: `${unsigned.length} exceptions are not signed and therefore not carved out.`,
      clear: 'Let the customer sign the exception table; the draft is then drawn anew.',
      accountIds: idsOf(unsigned),
    }),
    ...when(strangers.length > 0, {
      code: 'excluded_without_exception',
      rule: 'S3',
      blocks: 'enforcement',
      message: `${strangers.length} members of the excluded groups stand in no signed exception and would be left out.`,
      clear: 'Take them out of the group, or make them exceptions that the customer signs.',
      accountIds: [...new Set(strangers)],
    }),
    ...when(asked.length > 0, {
      code: 'exception_still_asked',
      rule: 'S8',
      blocks: 'nothing',
      message: `${asked.length} accounts left out by the draft are asked for MFA, or may be, by other policies.`,
      clear: 'Nothing to do for the draft: it neither helps nor hinders them.',
      accountIds: asked.map((row) => row.accountId),
    }),
    ...when(table.unknown.length > 0, {
      code: 'exceptions_incomplete',
      rule: 'S31',
      blocks: 'enforcement',
      message: `Not read, so exceptions may be missing: ${table.unknown.join(', ')}.`,
      clear: 'Run "mfa-rollout sync" and look at what it says about these sources.',
    }),
  ];
}

function idsOf(rows: readonly Pick<ExceptionRow, 'accountId'>[]): string[] {
  return [...new Set(rows.map((row) => row.accountId))];
}

/** S20: Entra ID P1 for everybody in scope, of whom there are so many; the exact shortage is told. */
export function licenceFindings(licence: LicenceFacts, needed: number): DraftFinding[] {
  const buy = 'Buy Entra ID P1 for everybody in scope, or make the scope smaller.';
  return [
    ...when(licence === null, {
      code: 'licence_unknown',
      rule: 'S20',
      blocks: 'enforcement',
      message: 'The licences of the tenant were not read.',
      clear: 'Run "mfa-rollout sync" and look at what it says about the licences.',
    }),
    ...when(licence?.hasP1 === false, {
      code: 'licence_missing',
      rule: 'S20',
      blocks: 'push',
      message: 'The tenant has no Entra ID P1, without which there is no Conditional Access.',
      clear: buy,
    }),
    ...when(licence?.hasP1 === true && licence.seats < needed, {
      code: 'licence_short',
      rule: 'S20',
      blocks: 'enforcement',
      message: `${needed} accounts are in scope and ${licence?.seats ?? 0} are licensed for Entra ID P1: ${needed - (licence?.seats ?? 0)} short.`,
      clear: buy,
    }),
  ];
}

function peopleFindings(input: FindingsInput): DraftFinding[] {
  const { stuck } = input.judgement;
  const nobody = !input.effect.some((row) => row.reach === 'in' && row.isEnabled);
  return [
    ...adminFindings(input),
    ...when(stuck.length > 0, {
      code: 'people_stuck',
      rule: 'S10',
      blocks: 'enforcement',
      message: `${stuck.length} people would be asked for MFA and are not known to be able to answer.`,
      clear: 'Let them register first; the list says why of each.',
      accountIds: stuck.map((person) => person.accountId),
    }),
    ...when(nobody, {
      code: 'nobody_in_scope',
      rule: 'S5',
      blocks: 'nothing',
      message: 'No enabled account is in a group of ENFORCE, so that enforcing it would change nothing.',
      clear: 'Check that the master list has people.',
    }),
  ];
}

const ADMINS_MIN = 2;

/** S9: administrators who get in. One who is only eligible, or not known to be able to answer, is not counted. */
function adminFindings({ judgement: { admins }, tenant }: FindingsInput): DraftFinding[] {
  const locked = admins.filter((admin) => admin.verdict === 'lockedOut');
  const usable = admins.filter(
    ({ role, verdict }) => role === 'active' && verdict !== 'lockedOut' && verdict !== 'unknown',
  );
  const outside = admins.filter((admin) => admin.verdict === 'notReached' && admin.after !== 'everywhere');
  return [
    ...when(tenant.rolesRead && usable.length < ADMINS_MIN, {
      code: 'admins_too_few',
      rule: 'S9',
      blocks: 'enforcement',
      message: `${usable.length} Global Administrators are known to get in once the draft is enforced; at least ${ADMINS_MIN} have to.`,
      clear: 'Let the administrators register a method.',
      accountIds: locked.map((admin) => admin.accountId),
    }),
    ...when(outside.length > 0, {
      code: 'admins_outside',
      rule: 'S6',
      blocks: 'nothing',
      message: `${outside.length} Global Administrators are in no phase, so that the draft does not protect them before its last phase.`,
      clear: 'Protect administrators first: put the accounts into the direct group.',
      accountIds: outside.map((admin) => admin.accountId),
    }),
  ];
}
