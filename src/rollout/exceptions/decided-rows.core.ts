/**
 * Rows that people asked for, and rows of classes that the customer decided as a whole. A request is a row like every
 * other: it counts when the approver signed it, and not before. A class is decided once for all its members, those who
 * come later among them, and its rows are none of those that are signed.
 */
import type { Account } from '../roster/roster-types.core.ts';
import { WORDS, type Words } from './exception-row.core.ts';
import {
  CLASS_KINDS,
  type ClassDecision,
  type ClassifyInput,
  type ClassKind,
  type ExceptionClasses,
  type ExceptionKind,
  type ExceptionOwner,
  type ExceptionRequest,
  type ExceptionRow,
  type RequestKind,
} from './exception-types.core.ts';

/** A row for each request whose account no fact makes an exception already. An account that is gone has none. */
export function requestedRows(input: ClassifyInput, others: readonly ExceptionRow[]): ExceptionRow[] {
  const taken = new Set(others.map(({ accountId }) => accountId.toLowerCase()));
  const accounts = new Map(input.accounts.map((account) => [account.id.toLowerCase(), account]));
  return (input.requests ?? []).flatMap((request) => {
    const account = accounts.get(request.accountId.toLowerCase());
    if (account === undefined || taken.has(request.accountId.toLowerCase())) return [];
    const words = REQUEST_WORDS[request.kind];
    return [
      {
        ...rowFor(account, { kind: request.kind, words, owner: askerOf(input, request) }),
        evidence: [`asked by ${nameOf(request)} on ${request.at.slice(0, 10)} (request ${requestName(request)})`],
        reason: request.reason ?? words.reason,
        endsAt: request.until,
        request: requestName(request),
      },
    ];
  });
}

/** How a request is called wherever people read it. */
export function requestName({ seq }: Pick<ExceptionRequest, 'seq'>): string {
  return `R${seq}`;
}

/** Whether somebody asked for this row. */
export function isRequested({ request }: Pick<ExceptionRow, 'request'>): boolean {
  return request !== undefined;
}

/** A row for each member of a class that the customer carves out, whoever is no exception for a reason of his own. */
export function classRows(
  input: ClassifyInput,
  classes: ExceptionClasses,
  others: readonly ExceptionRow[],
): ExceptionRow[] {
  const taken = new Set(others.map(({ accountId }) => accountId));
  const accounts = new Map(input.accounts.map((account) => [account.id, account]));
  return CLASS_KINDS.flatMap((kind) => {
    const decision = input.classDecisions?.find((one) => one.class === kind);
    if (decision?.verdict !== 'carveOut') return [];
    return classes[kind].accountIds.flatMap((id) => {
      const account = accounts.get(id);
      return account === undefined || taken.has(id) ? [] : [classRow(input, account, decision)];
    });
  });
}

function classRow(input: ClassifyInput, account: Account, decision: ClassDecision): ExceptionRow {
  const owner: ExceptionOwner = { ...askerOf(input, decision), why: `${nameOf(decision)}, who decided for the class` };
  const words = { reason: decision.reason, control: CLASS_CONTROLS[decision.class], proposal: 'exclude' as const };
  return {
    ...rowFor(account, { kind: decision.class, words, owner }),
    evidence: [
      CLASS_EVIDENCE[decision.class],
      `the whole class was decided by ${nameOf(decision)} on ${decision.at.slice(0, 10)} (class decision)`,
    ],
    reviewAt: decision.reviewAt,
    signed: true,
  };
}

type Basis = { kind: ExceptionKind; words: Words; owner: ExceptionOwner };

function rowFor(account: Account, { kind, words, owner }: Basis): ExceptionRow {
  return {
    accountId: account.id,
    displayName: account.displayName ?? '',
    userPrincipalName: account.userPrincipalName ?? null,
    ...{ kind, directorySync: false, evidence: [], owner },
    ...{ reason: words.reason, compensatingControl: words.control, proposal: words.proposal },
    ...{ endsAt: null, reviewAt: null },
    signInBlocked: account.accountEnabled === false,
    signed: false,
  };
}

type Asker = Pick<ExceptionRequest, 'by' | 'displayName'>;

/** An object id means something in its own tenant only. */
function askerOf({ tenantId }: ClassifyInput, { by, ...asker }: Asker): ExceptionOwner {
  const isOfTenant = tenantId !== undefined && by.tenantId.toLowerCase() === tenantId.toLowerCase();
  const why = `${nameOf({ by, ...asker })}, who asked for it`;
  return isOfTenant ? { accountId: by.objectId, why } : { accountId: null, why };
}

function nameOf({ by, displayName }: Asker): string {
  return displayName ?? by.objectId;
}

const REQUEST_WORDS: Readonly<Record<RequestKind, Words>> = {
  extension: {
    reason: 'needs more time to register a method',
    control: 'reminders go on, and the person returns to MFA on the end date, able to answer it',
    proposal: 'extendDeadline',
  },
  onLeave: WORDS.onLeave,
  mfaOff: {
    reason: 'MFA is switched off for this one person',
    control: 'long unique password, sign-ins are watched, and MFA returns on the end date',
    proposal: 'exclude',
  },
};

const CLASS_EVIDENCE: Readonly<Record<ClassKind, string>> = {
  guest: 'user type guest (Entra account)',
  room: 'mailbox purpose room (Exchange mailbox settings)',
  equipment: 'mailbox purpose equipment, or a device package account (Exchange mailbox settings, sign-in name)',
};

const CLASS_CONTROLS: Readonly<Record<ClassKind, string>> = {
  guest: 'guests reach only what was shared with them; access reviews, and their home tenant may ask for MFA itself',
  room: 'sign-in limited to the room devices; long random password; no mail or files of people',
  equipment: 'sign-in limited to the devices; long random password; no mail or files of people',
};
