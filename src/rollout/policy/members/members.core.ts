/**
 * Who has to come into the managed groups, and out of them, while phases are reached and nothing is pushed any more: what
 * was signed and is known, no policy. Whoever would become enforced and cannot answer stays where he is (S9, S10), nobody
 * leaves a phase because his department changed, and what somebody else changed is told and left (S3).
 */
import { DAY_MS } from '../../../lib/clock.ts';
import type { ExceptionRow } from '../../exceptions/exception-types.core.ts';
import type { Sentence } from '../../phases/phase-types.core.ts';
import type { EffectRow } from '../draft/draft-effect.core.ts';
import { carvedOut } from '../draft/draft-groups.core.ts';
import { newlyAsked } from '../enforce/enforce-gates.core.ts';

/** Days that somebody new to an enforced phase has to register a method before he is enforced all the same. */
export const NEWCOMER_GRACE_DAYS = 14;

/** A membership that was written beside a push; the account in lower case. */
export type MemberRow = {
  key: string;
  accountId: string;
  groupId: string;
  state: 'adding' | 'in' | 'removing' | 'out';
  pushId: string;
};

/** Something that was seen of a membership and told once; `sinceMs` by the clock of the product. */
export type MemberNote = { key: string; accountId: string; what: string; sinceMs: number };

/** What one standing push wrote: whom it found or put in each group, and whom it put there itself. */
export type PushedMembers = {
  id: string;
  groups: readonly { key: string; members: readonly string[] }[];
  added: readonly { key: string; accountIds: readonly string[] }[];
};

/** Of one group, all ids in lower case. `pending`: a write was begun, and nobody noted how it ended. */
export type MemberRecord = { known: Set<string>; ours: Set<string>; pending: Set<string> };

/** Who is in each group by our knowledge and by our hand, from the standing pushes, the oldest first. */
export function recordOf(pushes: readonly PushedMembers[], rows: readonly MemberRow[]): Map<string, MemberRecord> {
  const records = new Map<string, MemberRecord>();
  const of = (key: string): MemberRecord => {
    const record = records.get(key) ?? { known: new Set(), ours: new Set(), pending: new Set() };
    records.set(key, record);
    return record;
  };
  for (const push of pushes) {
    for (const { key, members } of push.groups) of(key).known = new Set(members.map(lower));
    for (const { key, accountIds } of push.added) for (const id of accountIds) of(key).ours.add(lower(id));
    for (const row of rows.filter(({ pushId }) => pushId === push.id)) note(of(row.key), row);
  }
  return records;
}

/** Adds what one row says to the record of its group. */
function note({ known, ours, pending }: MemberRecord, { accountId, state }: MemberRow): void {
  for (const set of [known, ours]) {
    if (state === 'out') set.delete(accountId);
    else set.add(accountId);
  }
  if (state === 'adding' || state === 'removing') pending.add(accountId);
}

export type UpkeptGroup = MemberRecord & {
  key: string;
  groupId: string;
  purpose: 'phase' | 'direct' | 'exceptions' | 'breakGlass';
  live: ReadonlySet<string>;
  isEnforced: boolean;
  /** A flip of this phase is under way and fills the group itself. */
  isBusy: boolean;
};

export type MembersInput = {
  groups: readonly UpkeptGroup[];
  /** People with the key of their phase's group. */
  people: readonly { accountId: string; key: string; isExempt: boolean }[];
  exceptions: readonly ExceptionRow[];
  /** Whether a source was not read, so that a missing row proves nothing. */
  isUnsure: boolean;
  /** Accounts that never return by themselves. */
  breakGlass: readonly string[];
  /** The accounts of the tenant, in lower case. */
  accounts: ReadonlySet<string>;
  today: string;
};

/** A membership that has to change, if the effect of it allows. */
export type Wish = {
  key: string;
  groupId: string;
  accountId: string;
  what: 'signed' | 'joined' | 'newcomer' | 'ended';
};

/** Something that is told and left. */
export type MemberFinding = { key: string; accountId: string; what: string; why: Sentence };

export type Wishes = { wishes: Wish[]; findings: MemberFinding[] };

/** What has to change by what is signed and known, and what somebody else changed. */
export function wishesOf(input: MembersInput): Wishes {
  const parts = input.groups.map((group): Wishes => {
    const drift = driftIn(group, input);
    if (group.purpose === 'exceptions') return joined(exceptionWishes(group, input), { wishes: [], findings: drift });
    if (group.purpose !== 'phase' || group.isBusy) return { wishes: [], findings: drift };
    return { wishes: phaseWishes(group, input), findings: drift };
  });
  return parts.reduce(joined, { wishes: [], findings: [] });
}

function joined(one: Wishes, other: Wishes): Wishes {
  return { wishes: [...one.wishes, ...other.wishes], findings: [...one.findings, ...other.findings] };
}

/** Members whom somebody else took in or out: what is just being written is in doubt and not told. */
export function foreignMembers({
  live,
  known,
  pending,
}: Pick<MemberRecord, 'known' | 'pending'> & { live: ReadonlySet<string> }): { added: string[]; removed: string[] } {
  return {
    added: [...live].filter((id) => !known.has(id) && !pending.has(id)),
    removed: [...known].filter((id) => !live.has(id) && !pending.has(id)),
  };
}

function driftIn({ key, ...group }: UpkeptGroup, { accounts }: MembersInput): MemberFinding[] {
  const { added, removed } = foreignMembers(group);
  return [
    ...added.map((accountId) => ({ key, accountId, what: 'added', why: WHY.added })),
    ...removed
      .filter((accountId) => accounts.has(accountId))
      .map((accountId) => ({ key, accountId, what: 'removed', why: WHY.removed })),
  ];
}

/** Who is to be added: not there, and not taken out by somebody else, which is told and not fought over. */
function isMissing({ live, known, pending }: UpkeptGroup, accounts: ReadonlySet<string>, id: string): boolean {
  return accounts.has(id) && !live.has(id) && (!known.has(id) || pending.has(id));
}

function phaseWishes(group: UpkeptGroup, { groups, people, accounts }: MembersInput): Wish[] {
  const direct = groups.find(({ purpose }) => purpose === 'direct')?.live ?? new Set();
  const what = group.isEnforced ? 'newcomer' : 'joined';
  return people
    .filter(({ accountId, key, isExempt }) => {
      const id = lower(accountId);
      return key === group.key && !isExempt && !direct.has(id) && isMissing(group, accounts, id);
    })
    .map(({ accountId }) => ({ key: group.key, groupId: group.groupId, accountId: lower(accountId), what }));
}

function exceptionWishes(group: UpkeptGroup, input: MembersInput): Wishes {
  const { key, groupId } = group;
  const wanted = new Set(carvedOut(input.exceptions, input.today).map(({ accountId }) => lower(accountId)));
  const wishes = [...wanted]
    .filter((accountId) => isMissing(group, input.accounts, accountId))
    .map((accountId): Wish => ({ key, groupId, accountId, what: 'signed' }));
  const findings: MemberFinding[] = [];
  for (const accountId of group.live) {
    if (wanted.has(accountId) || !group.ours.has(accountId)) continue;
    const stays = whyStays(accountId, input);
    if (stays === null) wishes.push({ key, groupId, accountId, what: 'ended' });
    else if (stays !== 'silent') findings.push({ key, accountId, what: 'staying', why: WHY[stays] });
  }
  return { wishes, findings };
}

function whyStays(id: string, input: MembersInput): 'never' | 'unsigned' | 'unsure' | 'silent' | null {
  const rows = input.exceptions.filter(({ accountId }) => lower(accountId) === id);
  const isEmergency = input.breakGlass.some((one) => lower(one) === id);
  if (isEmergency || rows.some((row) => row.kind === 'breakGlass' || row.directorySync)) return 'never';
  const standing = rows.filter(({ endsAt }) => endsAt === null || endsAt > input.today);
  if (standing.some(({ signed }) => !signed)) return 'unsigned';
  if (standing.length > 0) return 'silent';
  return rows.length === 0 && input.isUnsure ? 'unsure' : null;
}

export type MembersJudging = {
  /** What the wishes would do to everybody, all of them together. */
  effect: readonly EffectRow[];
  /** Global Administrators, in lower case; null when they were not read. */
  admins: ReadonlySet<string> | null;
  /** What was told before: a grace begins when somebody was first seen. */
  notes: readonly MemberNote[];
  nowMs: number;
  rails: { accountsMax: number; percentMax: number };
};

export type MemberChange = Omit<Wish, 'what'> & { do: 'add' | 'remove'; why: Sentence };

export type MembersPlan = {
  /** Why nothing is written although something should change. */
  held: { code: string; rule: string; message: Sentence } | null;
  changes: MemberChange[];
  findings: MemberFinding[];
};

/** Which of the wishes come true now, and who waits or stays, with the reason. */
export function planMembers({ wishes, findings }: Wishes, judging: MembersJudging): MembersPlan {
  const rows = new Map(judging.effect.map((row) => [lower(row.accountId), row]));
  const asked = new Set(newlyAsked(judging.effect).map(lower));
  const changes: MemberChange[] = [];
  const told = [...findings];
  for (const { what, ...wish } of wishes) {
    const row = rows.get(wish.accountId);
    const isLocked = row === undefined || row.change === 'blocked' || wouldFail(row, asked);
    if (what === 'signed' || what === 'joined') changes.push({ ...wish, do: 'add', why: WHY[what] });
    else if (what === 'ended') {
      if (isLocked) told.push({ ...noted(wish), what: 'staying', why: WHY.notReady });
      else changes.push({ ...wish, do: 'remove', why: WHY.ended });
    } else if (!isLocked) changes.push({ ...wish, do: 'add', why: WHY.newcomer });
    else if (row !== undefined && row.change !== 'blocked' && isGraceOver(wish, judging))
      changes.push({ ...wish, do: 'add', why: WHY.graceOver });
    else told.push({ ...noted(wish), what: 'waiting', why: WHY.waiting });
  }
  return { held: heldBy(changes, judging), changes, findings: told };
}

/** Whether an enabled account would have to answer MFA, by whatever policy, and is not known to be able to. */
function wouldFail(row: EffectRow, asked: ReadonlySet<string>): boolean {
  if (!row.isEnabled || row.canAnswer === 'yes') return false;
  return row.after !== 'never' || asked.has(lower(row.accountId));
}

function noted({ key, accountId }: Pick<Wish, 'key' | 'accountId'>): { key: string; accountId: string } {
  return { key, accountId };
}

/** No grace lets an administrator be locked out (S9). */
function isGraceOver({ key, accountId }: Pick<Wish, 'key' | 'accountId'>, { admins, notes, nowMs }: MembersJudging) {
  if (admins === null || admins.has(accountId)) return false;
  const note = notes.find((one) => one.key === key && one.accountId === accountId && one.what === 'waiting');
  return note !== undefined && nowMs - note.sinceMs >= NEWCOMER_GRACE_DAYS * DAY_MS;
}

/** So few are moved in a small tenant without a second look. */
const FEW = 20;

function heldBy(changes: readonly MemberChange[], { effect, rails }: MembersJudging): MembersPlan['held'] {
  const moved = new Set(changes.map(({ accountId }) => accountId)).size;
  const percent = Math.round((moved * 100) / Math.max(1, effect.filter(({ isEnabled }) => isEnabled).length));
  if (moved <= rails.accountsMax && (moved <= FEW || percent <= rails.percentMax)) return null;
  const message = {
    en: `${moved} accounts (${percent} %) would change groups; ${rails.accountsMax} and ${rails.percentMax} % may. It is held whole: look at the list, and raise "rails" in the customer file if it is right.`,
    de: `${moved} Konten (${percent} %) würden die Gruppe wechseln; erlaubt sind ${rails.accountsMax} und ${rails.percentMax} %. Alles wird zurückgehalten: Prüfen Sie die Liste, und heben Sie „rails“ in der Kundendatei an, wenn sie stimmt.`,
  };
  return { code: 'rails_exceeded', rule: 'S21', message };
}

function lower(id: string): string {
  return id.toLowerCase();
}

const WHY = {
  signed: { en: 'The exception was signed.', de: 'Die Ausnahme wurde unterschrieben.' },
  joined: { en: 'The person belongs to the phase.', de: 'Die Person gehört zur Phase.' },
  newcomer: {
    en: 'The person joined an enforced phase and can answer MFA, or has to already.',
    de: 'Die Person kam in eine erzwungene Phase und kann MFA beantworten oder muss es schon.',
  },
  graceOver: {
    en: `The person joined an enforced phase ${NEWCOMER_GRACE_DAYS} days ago or more: the grace is over.`,
    de: `Die Person kam vor mindestens ${NEWCOMER_GRACE_DAYS} Tagen in eine erzwungene Phase: die Frist ist um.`,
  },
  waiting: {
    en: `The person joined an enforced phase and cannot answer MFA yet: enforced on registering, or ${NEWCOMER_GRACE_DAYS} days after joining. An administrator is never enforced unregistered.`,
    de: `Die Person kam in eine erzwungene Phase und kann MFA noch nicht beantworten: erzwungen nach der Registrierung oder ${NEWCOMER_GRACE_DAYS} Tage nach dem Beitritt. Ein Administrator wird nie ohne Registrierung erzwungen.`,
  },
  ended: { en: 'The exception has ended.', de: 'Die Ausnahme ist abgelaufen.' },
  notReady: {
    en: 'The exception has ended, but the account would have to answer MFA and cannot, or that is not known: it stays until a method is registered.',
    de: 'Die Ausnahme ist abgelaufen, doch das Konto müsste MFA beantworten und kann es nicht, oder das ist nicht bekannt: es bleibt, bis eine Methode registriert ist.',
  },
  never: {
    en: 'A break-glass or directory-sync account never returns by itself: review it.',
    de: 'Ein Notfall- oder Synchronisierungskonto kehrt nie von selbst zurück: prüfen Sie es.',
  },
  unsigned: {
    en: 'The exception changed and waits for a new signature: the account stays until then.',
    de: 'Die Ausnahme hat sich geändert und wartet auf eine neue Unterschrift: bis dahin bleibt das Konto.',
  },
  unsure: {
    en: 'No exception is found any more, but not every source was read: the account stays.',
    de: 'Es findet sich keine Ausnahme mehr, doch nicht jede Quelle wurde gelesen: das Konto bleibt.',
  },
  added: {
    en: 'Somebody else put this account into the group. It is left: find out who and why.',
    de: 'Jemand anderes hat dieses Konto in die Gruppe gebracht. Es bleibt: finden Sie heraus, wer und warum.',
  },
  removed: {
    en: 'Somebody else took this account out of the group. It is left: find out who and why.',
    de: 'Jemand anderes hat dieses Konto aus der Gruppe genommen. Es bleibt so: finden Sie heraus, wer und warum.',
  },
} as const satisfies Readonly<Record<string, Sentence>>;
