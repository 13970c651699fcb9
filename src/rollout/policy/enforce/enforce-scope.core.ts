/**
 * Whom an enforcement is for, from what is stored: the people of the phase and whoever is in its group, without those
 * who are carved out. The first enforcement also reaches the direct group, whose people are carried over; the one for
 * everyone else reaches every account. Approvers see exactly this set, and the digest they approve is bound to it.
 */
import type { ExceptionRow } from '../../exceptions/exception-types.core.ts';
import { carvedOut } from '../draft/draft-groups.core.ts';
import { groupKey } from '../managed-objects.core.ts';
import type { ManagedGroup } from '../managed-policies.core.ts';
import { type FlipPhase, phaseKey } from './enforce.core.ts';

export type ScopeInput = {
  phase: FlipPhase;
  isFirst: boolean;
  /** Whether it is for the people of every phase at once. */
  isWhole?: boolean | undefined;
  people: readonly { accountId: string; phase: string; exempt: string | null }[];
  /** Groups of the draft, with who is in them or is to be. */
  groups: readonly ManagedGroup[];
  accounts: readonly { id: string; accountEnabled?: boolean | null | undefined }[];
  exceptions: readonly ExceptionRow[];
  breakGlass: readonly string[];
  /** Today in the customer's time zone, `YYYY-MM-DD`. */
  today: string;
};

/** All lists sorted. */
export type FlipScope = {
  /** Everybody who is put before the approvers. */
  users: string[];
  /** Those of them who belong into the phase's group. */
  members: string[];
  /** Of the phase, and carved out. */
  exempt: string[];
};

/** Tells whom the enforcement of a phase is for. */
export function scopeOf(input: ScopeInput): FlipScope {
  const { phase, people, groups } = input;
  const left = leftOut(input);
  const isOwn = (name: string) => input.isWhole === true || name.toLowerCase() === phase.name.toLowerCase();
  const own = people.filter((person) => isOwn(person.phase));
  const group = phase.everyoneElse ? undefined : groups.find((one) => groupKey(one) === phaseKey(phase));
  const direct = input.isFirst ? groups.find(({ purpose }) => purpose === 'direct') : undefined;
  const ofPhase = [...own.map(({ accountId }) => accountId), ...(group?.members ?? [])];
  const everybody = phase.everyoneElse
    ? input.accounts.filter(({ accountEnabled }) => accountEnabled !== false).map(({ id }) => id)
    : [];
  const isIn = (id: string) => !left.has(id.toLowerCase());
  const exempt = new Set(
    own.filter((person) => person.exempt !== null).map(({ accountId }) => accountId.toLowerCase()),
  );
  const mayBe = (id: string) => isIn(id) && !exempt.has(id.toLowerCase());
  const carried = direct?.members ?? [];
  return {
    users: sorted([...ofPhase, ...everybody, ...carried].filter(mayBe)),
    members: phase.everyoneElse ? [] : sorted(ofPhase.filter(mayBe)),
    exempt: sorted(ofPhase.filter((id) => !mayBe(id))),
  };
}

function leftOut({ groups, exceptions, breakGlass, today }: ScopeInput): ReadonlySet<string> {
  const excluded = groups.filter(({ purpose }) => purpose === 'breakGlass' || purpose === 'exceptions');
  const signed = carvedOut(exceptions, today).map(({ accountId }) => accountId);
  const ids = [...excluded.flatMap(({ members }) => members), ...signed, ...breakGlass];
  return new Set(ids.map((id) => id.toLowerCase()));
}

function sorted(ids: readonly string[]): string[] {
  return [...new Map(ids.map((id) => [id.toLowerCase(), id])).values()].sort();
}
