import { type Actor, may } from '../src/rollout/access/access.core.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import type { EmergencyStatus } from '../src/rollout/emergency/emergency.ts';
import { EMERGENCY_SUBJECT, sessionInSubject } from '../src/rollout/emergency/emergency-deps.ts';
import type { Card } from './cards/card.ts';
import { type EmergencyView, emergencyCard, emergencySignInCard } from './cards/emergency.card.ts';
import type { Frame } from './cards/exceptions.card.ts';
import type { BotDeps } from './deps.ts';

type Deps = Pick<BotDeps, 'emergency'>;

/** Draws the copy of a card about break-glass accounts; null for the subject of another card. */
export async function emergencyCopy(
  { emergency }: Deps,
  { customer, subject }: { customer: Customer; subject: string },
  frameOf: () => Promise<Frame>,
): Promise<{ card: Card; shown: string } | null> {
  if (subject === EMERGENCY_SUBJECT) {
    const view = viewOf(await emergency.status(customer), false);
    const frame = await frameOf();
    const shown = [view.accounts.map(({ state, dueAt }) => [state, dueAt]), view.unread, frame.viewers];
    return { card: emergencyCard(view, frame), shown: JSON.stringify(shown) };
  }
  const named = sessionInSubject(subject);
  const found = named === null ? undefined : await emergency.session(customer, named.session);
  if (named === null || found === undefined) return null;
  const { signIns, displayName } = found;
  const frame = { ...(await frameOf()), viewers: [] };
  const card = emergencySignInCard({ signIns, displayName: named.isNamed ? displayName : null }, frame);
  // Later sign-ins of the session change nothing that somebody has to be told.
  return { card, shown: JSON.stringify([signIns[0]?.id, signIns.some(({ drillId }) => drillId !== null)]) };
}

/** Draws the accounts: by name and with buttons for an engineer, counts for anybody else. */
export async function emergencyView({ emergency }: Deps, { customer, actor }: Press, frame: Frame): Promise<Card> {
  const isNamed = may(actor, 'drillBreakGlass');
  return emergencyCard(viewOf(await emergency.status(customer), isNamed), frame);
}

type Press = { customer: Customer; actor: Actor };

function viewOf({ accounts, drillDays, readings }: EmergencyStatus, isNamed: boolean): EmergencyView {
  return { accounts, drillDays, isNamed, unread: readings.some(({ problem }) => problem !== null) };
}
