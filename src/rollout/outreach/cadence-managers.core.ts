/**
 * Who is asked to help with a holdout: the manager of HR, as long as he can be. A manager who has not enrolled himself is
 * asked all the same, about his people and never about himself. In a circle of managers nobody stands above the others.
 */
import type { PhasePerson } from '../phases/phase-types.core.ts';
import { type ReasonCode, reasonOf } from './outreach-reasons.core.ts';
import type { Reason, Recipient } from './outreach-types.core.ts';

/** The part of a mail address rules that every mail system agrees on. */
const ADDRESS = /^[^\s@<>"(),:;\\[\]]{1,64}@[^\s@<>"(),:;\\[\]]{1,190}$/;

export type PeopleById = ReadonlyMap<string, PhasePerson>;

export type ManagerFound = { ok: true; manager: PhasePerson; to: Recipient } | { ok: false; reason: Reason };

/** The person as a recipient; null where the account has no usable mail address. A sign-in name is none. */
export function recipientOf({ accountId, displayName, mail }: PhasePerson): Recipient | null {
  const address = mail?.trim() ?? '';
  return ADDRESS.test(address) ? { accountId, displayName, address } : null;
}

/** The person as somebody whom only Teams reaches. */
export function withoutAddress({ accountId, displayName }: PhasePerson): Recipient {
  return { accountId, displayName, address: '' };
}

/** The manager who is asked to help with this person, or why there is none. One without an address is asked in Teams. */
export function managerOf(person: PhasePerson, people: PeopleById, hasTeams = false): ManagerFound {
  const not = (code: ReasonCode): ManagerFound => ({ ok: false, reason: reasonOf(code) });
  const { managerAccountId, managerWhy } = person;
  if (managerAccountId === person.accountId) return not('managerIsSelf');
  if (managerWhy === 'noManager') return not('managerMissing');
  const manager = managerAccountId === null ? undefined : people.get(managerAccountId);
  if (manager === undefined)
    return not(managerAccountId === null && managerWhy === null ? 'managerMissing' : 'managerLeft');
  if (manager.accountStatus === 'disabled') return not('managerLeft');
  if (leadsBack(person, people)) return not('managerLoop');
  if (manager.hrStatus === 'onLeave') return not('managerOnLeave');
  const to = recipientOf(manager) ?? (hasTeams ? withoutAddress(manager) : null);
  return to === null ? not('managerNoAddress') : { ok: true, manager, to };
}

/** The manager for the copy line: known, at work here and with an address of his own; else nobody is in copy. */
export function copyOf(person: PhasePerson, people: PeopleById): Recipient | null {
  const { managerAccountId } = person;
  const manager = managerAccountId === null ? undefined : people.get(managerAccountId);
  if (manager === undefined || manager.accountId === person.accountId) return null;
  const copy = manager.accountStatus === 'enabled' ? recipientOf(manager) : null;
  return copy?.address.toLowerCase() === recipientOf(person)?.address.toLowerCase() ? null : copy;
}

/** Whether going up from manager to manager comes back to the person. A circle further up is not his. */
function leadsBack(person: PhasePerson, people: PeopleById): boolean {
  const seen = new Set<string>();
  let above = person.managerAccountId;
  while (above !== null && !seen.has(above)) {
    if (above === person.accountId) return true;
    seen.add(above);
    above = people.get(above)?.managerAccountId ?? null;
  }
  return false;
}
