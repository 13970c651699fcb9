/** The words of the contract that have a text in the dictionary; a new one there asks for its texts at compile time. */
import type {
  AccountWithoutHrRow,
  ExceptionRow as Exception,
  HistoryRow,
  Me,
  PersonDetail,
  PersonRow,
  PhaseDecision,
} from '../../src/contract.ts';

export type Role = Me['customers'][number]['roles'][number];
export type Enrolment = PersonRow['enrolment'];
export type AccountStatus = PersonRow['accountStatus'];
export type AccountClass = PersonRow['class'] | AccountWithoutHrRow['class'];
export type ExceptionKind = Exception['kind'];
export type Proposal = Exception['proposal'];
export type MatchedBy = NonNullable<PersonDetail['hr']>['matchedBy'];
export type ManagerWhy = NonNullable<NonNullable<PersonDetail['hr']>['managerWhy']>;
export type HistoryKind = HistoryRow['kind'];
export type Verdict = PhaseDecision['verdict'];
export type { FindingStatus, Impact, LedgerState, MessageKind, PhaseState, Side } from '../../src/contract.ts';
