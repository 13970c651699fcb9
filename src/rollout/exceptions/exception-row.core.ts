/** One row of the exception table: who answers for it, why it may be, what stands in for MFA, and until when. */
import type { Account, Person } from '../roster/roster-types.core.ts';
import { addDays } from './calendar.core.ts';
import type {
  ClassifyInput,
  ExceptionOwner,
  ExceptionProposal,
  ExceptionRow,
  ExceptionSettings,
  ShownRow,
} from './exception-types.core.ts';
import { SERVICE_EVIDENCE_LIMITS } from './sign-in-profile.core.ts';

export const EXCEPTION_SETTINGS: ExceptionSettings = {
  returnGraceDays: 7,
  leaveReviewDays: 30,
  exceptionDays: 90,
  reviewDays: 90,
  service: SERVICE_EVIDENCE_LIMITS,
};

/** Everything about a tenant that several rows need, looked up once. */
export type Facts = {
  input: ClassifyInput;
  settings: ExceptionSettings;
  people: ReadonlyMap<string, Person>;
  /** Accounts of people whom HR knows and who are not at work: leavers, future hires, second accounts. */
  ofKnownPeople: ReadonlySet<string>;
  purposes: ReadonlyMap<string, string | null>;
  capable: ReadonlySet<string>;
  syncing: ReadonlySet<string>;
  breakGlass: ReadonlySet<string>;
  declaredService: ReadonlySet<string>;
  shown: ReadonlyMap<string, ShownRow>;
};

/** Kinds that follow from facts alone. */
type FoundKind = 'breakGlass' | 'serviceAccount' | 'sharedMailbox' | 'onLeave';

export type RowBasis = { kind: FoundKind; evidence: string[]; person?: Person };

/** Makes the row; dates and words that were shown before stay as they were. */
export function rowOf(facts: Facts, account: Account, { kind, evidence, person }: RowBasis): ExceptionRow {
  const directorySync = kind === 'serviceAccount' && facts.syncing.has(account.id);
  const signInBlocked = account.accountEnabled === false;
  const shown = facts.shown.get(`${kind} ${account.id}`);
  const words = directorySync ? WORDS.directorySync : WORDS[kind];
  return {
    accountId: account.id,
    displayName: account.displayName ?? '',
    userPrincipalName: account.userPrincipalName ?? null,
    kind,
    directorySync,
    evidence,
    owner: shown?.owner ?? ownerOf(facts, account, person),
    reason: shown?.reason ?? words.reason,
    compensatingControl: shown?.compensatingControl ?? words.control,
    ...datesOf(facts, { kind, directorySync, person, shown }),
    proposal: shown?.proposal ?? (signInBlocked && kind === 'serviceAccount' ? 'blockSignIn' : words.proposal),
    signInBlocked,
    signed: false,
  };
}

/** Reason, control and proposal of a kind, until somebody writes others. */
export type Words = { reason: string; control: string; proposal: ExceptionProposal };

export const WORDS: Record<FoundKind | 'directorySync', Words> = {
  breakGlass: {
    reason: 'the way back in when MFA or the policy itself fails',
    control: 'passkey or certificate kept under lock, alert at every sign-in, regular drill',
    proposal: 'exclude',
  },
  directorySync: {
    reason: 'synchronises the directory without a person present and cannot answer MFA',
    control: 'role limited to synchronisation, sign-in only from the synchronisation server, alert on other use',
    proposal: 'exclude',
  },
  serviceAccount: {
    reason: 'a program signs in with this account and cannot answer MFA',
    control: 'long random password, sign-in limited to known addresses, replacement by a workload identity',
    proposal: 'exclude',
  },
  sharedMailbox: {
    reason: 'a mailbox that several people open with their own accounts; nobody needs to sign in to it',
    control: 'block sign-in: the members keep their access; an exclusion only if something must sign in',
    proposal: 'blockSignIn',
  },
  onLeave: {
    reason: 'absent, and cannot register a method before the return',
    control: 'no sign-in is expected during the absence; the deadline follows the return',
    proposal: 'extendDeadline',
  },
};

function ownerOf({ input }: Facts, account: Account, person: Person | undefined): ExceptionOwner {
  if (person !== undefined && person.managerAccountId !== null) {
    return { accountId: person.managerAccountId, why: "the person's manager (HR)" };
  }
  const manager = person === undefined ? account.manager?.id : undefined;
  if (manager !== undefined) return { accountId: manager, why: "the account's manager (Entra)" };
  const fallback = input.defaultOwner ?? null;
  return fallback === null
    ? { accountId: null, why: 'nobody is known to answer for it: the signer names an owner' }
    : { accountId: fallback, why: "the customer's approver, since nobody else is known to answer for it" };
}

type DateBasis = {
  kind: FoundKind;
  directorySync: boolean;
  person: Person | undefined;
  shown: ShownRow | undefined;
};

/** Leave ends by HR's date, whatever was shown; break-glass and directory sync never end by themselves. */
function datesOf(
  facts: Facts,
  { kind, directorySync, person, shown }: DateBasis,
): Pick<ExceptionRow, 'endsAt' | 'reviewAt'> {
  const { settings, input } = facts;
  if (kind === 'breakGlass' || directorySync) {
    return { endsAt: null, reviewAt: shown?.reviewAt ?? addDays(input.today, settings.reviewDays) };
  }
  if (kind === 'onLeave') {
    const returns = person?.returnDate ?? null;
    if (returns !== null) return { endsAt: addDays(returns, settings.returnGraceDays), reviewAt: null };
    return { endsAt: null, reviewAt: shown?.reviewAt ?? addDays(input.today, settings.leaveReviewDays) };
  }
  return { endsAt: shown?.endsAt ?? addDays(input.today, settings.exceptionDays), reviewAt: null };
}
