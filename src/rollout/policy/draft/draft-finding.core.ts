import type { ExceptionTable } from '../../exceptions/exception-types.core.ts';
import type { CompiledTenant } from '../evaluator/tenant.core.ts';
import type { GraphObject, Part } from '../graph-json.core.ts';
import type { ManagedObject } from '../managed-objects.core.ts';
import type { ManagedGroup, ManagedPolicy } from '../managed-policies.core.ts';
import type { EffectRow, Judged } from './draft-effect.core.ts';
import type { DeclaredAccounts } from './draft-groups.core.ts';
import type { Judgement } from './draft-judgement.core.ts';

/**
 * What stands against a draft, each as a fact with a code, the rule behind it and a way to clear it. `push`: it must not
 * be approved or written as it is. `enforcement`: it may report, and nobody may be enforced. `nothing`: to be known.
 */
export type DraftFinding = {
  code: string;
  /** Number of the safety rule, such as `S1`. */
  rule: string;
  blocks: 'push' | 'enforcement' | 'nothing';
  message: string;
  /** What somebody can do about it. */
  clear: string;
  accountIds: string[];
};

/** What the licences say; null where they were not read. */
export type LicenceFacts = { hasP1: boolean; seats: number } | null;

export type FindingsInput = {
  tenant: CompiledTenant;
  directory: Part<GraphObject>;
  live: readonly GraphObject[] | null;
  /** Ids of the policies this product owns already. */
  managedIds: ReadonlySet<string>;
  declared: DeclaredAccounts;
  table: Pick<ExceptionTable, 'exceptions' | 'breakGlass' | 'unknown'>;
  groups: readonly ManagedGroup[];
  policies: readonly ManagedPolicy[];
  effect: readonly EffectRow[];
  judged: Judged;
  judgement: Judgement;
  licence: LicenceFacts;
  isHrRead: boolean;
  /** What earlier pushes made. */
  owned?: readonly ManagedObject[] | undefined;
  /** Accounts of guests, by id. */
  guests?: ReadonlySet<string> | undefined;
  today: string;
};

export type Told = Omit<DraftFinding, 'accountIds'> & { accountIds?: readonly string[] };

/** The finding when there is something to find. */
export function when(isSo: boolean, told: Told): DraftFinding[] {
  return isSo ? [{ ...told, accountIds: [...(told.accountIds ?? [])] }] : [];
}
