/**
 * What stands against a policy that somebody wrote as JSON and asks about before it exists (S1, S7, S9, S17, S20, S31):
 * it is judged by its effect on the accounts of the snapshot, as if it were enabled and alone.
 */
import { compilePolicies, evaluateSignIn } from '../evaluate.core.ts';
import { GLOBAL_ADMINISTRATOR } from '../evaluator/role-templates.core.ts';
import type { CompiledTenant } from '../evaluator/tenant.core.ts';
import { type GraphObject, objectOf, type Part, textOf, textsOf } from '../graph-json.core.ts';
import { type DraftFinding, type LicenceFacts, when } from './draft-finding.core.ts';
import { licenceFindings } from './draft-findings.core.ts';

export type WrittenDraft = {
  draft: GraphObject;
  tenant: CompiledTenant;
  /** Every account; null when accounts were not read. */
  users: Part<GraphObject>;
  groups: Part<GraphObject>;
  breakGlass: readonly string[];
  licence: LicenceFacts;
};

/** Every finding about the draft, those that block most first. */
export function writtenFindings(input: WrittenDraft): DraftFinding[] {
  const judged = judgedAlone(input);
  const order = { push: 0, enforcement: 1, nothing: 2 };
  return [
    ...blockFindings(input, judged),
    ...referenceFindings(input, judged.unresolved),
    ...breakGlassFindings(input, judged),
    ...licenceFindings(input.licence, judged.people.filter(({ isReached }) => isReached).length),
  ].sort((a, b) => order[a.blocks] - order[b.blocks]);
}

type Judged = { people: readonly Reached[]; unresolved: readonly string[] };

type Reached = { id: string; isBlocked: boolean; isReached: boolean };

/** The accounts that can sign in; the disabled ones are nobody's people. */
function judgedAlone({ draft, tenant, users }: WrittenDraft): Judged {
  const alone = compilePolicies(tenant, [draft], { treatAsEnabled: [draft.id] });
  const people = (users ?? [])
    .filter((user) => user.accountEnabled !== false)
    .map(({ id }): Reached => {
      const { applies, blocked } = evaluateSignIn(alone, { userId: id });
      return { id, isBlocked: blocked === 'yes', isReached: applies.some(({ result }) => result !== 'notApplies') };
    });
  return { people, unresolved: alone.unresolved.map(({ reference }) => reference) };
}

function blockFindings({ tenant }: WrittenDraft, { people }: Judged): DraftFinding[] {
  const blocked = people.filter(({ isBlocked }) => isBlocked).map(({ id }) => id);
  const isEverybody = people.length > 0 && blocked.length === people.length;
  const administrators = tenant.holdersOf(GLOBAL_ADMINISTRATOR).active;
  const present = people.filter(({ id }) => administrators.has(id.toLowerCase()));
  const clear = 'Ask for MFA instead of blocking, or name the people, the places or the clients that are meant.';
  return [
    ...when(isEverybody, {
      code: 'blocks_everybody',
      rule: 'S17',
      blocks: 'push',
      message: `The draft blocks every sign-in of all ${people.length} accounts that can sign in.`,
      clear,
      accountIds: blocked,
    }),
    ...when(!isEverybody && present.length > 0 && present.every(({ isBlocked }) => isBlocked), {
      code: 'admins_locked_out',
      rule: 'S9',
      blocks: 'push',
      message: `The draft blocks every sign-in of all ${present.length} Global Administrators.`,
      clear: 'Leave administrators out of the block, and the break-glass accounts in any case.',
      accountIds: present.map(({ id }) => id),
    }),
    ...when(!isEverybody && blocked.length > 0, {
      code: 'blocks_people',
      rule: 'S8',
      blocks: 'nothing',
      message: `The draft blocks every sign-in of ${blocked.length} of ${people.length} accounts.`,
      clear: 'Nothing to do if that is meant.',
      accountIds: blocked,
    }),
  ];
}

function referenceFindings(input: WrittenDraft, unresolved: readonly string[]): DraftFinding[] {
  const unread = unreadLists(input);
  const names = unresolved.map((reference) => nameHint(reference, input.groups));
  return [
    ...when(unresolved.length > 0, {
      code: 'reference_unknown',
      rule: 'S7',
      blocks: 'push',
      message: `The draft names what is not in the directory: ${names.join('; ')}. It holds nobody, so that nobody is included or left out by it.`,
      clear: 'Name every user, group and place by an object id that exists, or take it out of the draft.',
    }),
    ...when(unread.length > 0, {
      code: 'reference_unread',
      rule: 'S31',
      blocks: 'push',
      message: `Whom the draft includes and leaves out cannot be told in full: it names ${unread.join(' and ')}, which were not read.`,
      clear: 'Take a snapshot that holds them, and ask again.',
    }),
  ];
}

/** An unknown group that is a name: how many groups bear it, since a name may be borne by several. */
function nameHint(reference: string, groups: Part<GraphObject>): string {
  const name = reference.replace(/^group /, '');
  const bearers = (groups ?? []).filter((group) => textOf(group.displayName)?.toLowerCase() === name.toLowerCase());
  if (name === reference || bearers.length === 0) return reference;
  const ids = bearers.map(({ id }) => id).join(', ');
  return bearers.length === 1
    ? `group "${name}", which is the name of ${ids}`
    : `group "${name}", a name that ${bearers.length} groups bear (${ids})`;
}

const PLACE_WORDS: ReadonlySet<string> = new Set(['all']);
const USER_WORDS: ReadonlySet<string> = new Set(['all', 'none', 'guestsorexternalusers', 'allagentidusers']);
const NO_WORDS: ReadonlySet<string> = new Set();

/** Lists that the draft draws on and that were not read. */
function unreadLists({ draft, tenant }: WrittenDraft): string[] {
  const conditions = objectOf(draft.conditions) ?? {};
  const names = (part: string, kind: string, words: ReadonlySet<string>) => {
    const members = objectOf(conditions[part]) ?? {};
    return ['include', 'exclude'].some((side) =>
      (textsOf(members[`${side}${kind}`]) ?? []).some((entry) => !words.has(entry)),
    );
  };
  return [
    ...(tenant.subjects === null && names('users', 'Users', USER_WORDS) ? ['accounts'] : []),
    ...(!tenant.groupsRead && names('users', 'Groups', NO_WORDS) ? ['groups'] : []),
    ...(!tenant.rolesRead && names('users', 'Roles', NO_WORDS) ? ['role assignments'] : []),
    ...(tenant.locations === null && names('locations', 'Locations', PLACE_WORDS) ? ['named locations'] : []),
  ];
}

function breakGlassFindings({ breakGlass, draft }: WrittenDraft, { people }: Judged): DraftFinding[] {
  const declared = new Set(breakGlass.map((id) => id.toLowerCase()));
  const reached = people.filter(({ id, isReached }) => isReached && declared.has(id.toLowerCase()));
  const acts = objectOf(draft.grantControls) !== null;
  return when(acts && reached.length > 0, {
    code: 'break_glass_not_excluded',
    rule: 'S1',
    blocks: 'push',
    message: `The draft reaches ${reached.length} of the declared break-glass accounts, or may reach them.`,
    clear: 'Exclude the break-glass accounts or their group.',
    accountIds: reached.map(({ id }) => id),
  });
}
