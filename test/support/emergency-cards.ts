/** The cards about break-glass accounts in their states, for the gallery of cards. */
import type { Card } from '../../bot/cards/card.ts';
import { type EmergencyLine, emergencyCard, emergencySignInCard } from '../../bot/cards/emergency.card.ts';
import type { Frame } from '../../bot/cards/exceptions.card.ts';
import type { KeptSignIn } from '../../src/rollout/emergency/emergency-types.core.ts';

const ACCOUNT = 'bbbbbbbb-0000-4000-8000-000000000001';
const AT = '2026-11-20T09:30:00Z';

/** Every card about break-glass accounts, by name; accounts are called `name`. */
export function emergencyCards(frame: Frame, name: string): Record<string, Card> {
  const line = (change: Partial<EmergencyLine>): EmergencyLine => ({
    ...{ accountId: ACCOUNT, displayName: name, state: 'never' },
    ...{ drilledAt: null, dueAt: null, runningUntil: null, missedAt: null },
    ...change,
  });
  const accounts = [
    line({ missedAt: AT }),
    line({ state: 'running', runningUntil: AT }),
    line({ state: 'drilled', drilledAt: AT, dueAt: AT }),
    line({ state: 'overdue', drilledAt: AT, dueAt: AT }),
  ];
  const many = Array.from({ length: 30 }, () => accounts[3] ?? line({}));
  const view = { accounts, drillDays: 90, unread: false, isNamed: false };
  const signIn: KeptSignIn = {
    ...{ id: 'sign-in-1', accountId: ACCOUNT, session: 'sign-in-1', at: AT, interactive: true, succeeded: true },
    ...{ app: name, ipAddress: '192.0.2.10', country: 'DE', drillId: null },
  };
  return {
    'emergency-channel': emergencyCard(view, frame),
    'emergency-unread': emergencyCard({ ...view, unread: true }, frame),
    'emergency-none': emergencyCard({ ...view, accounts: [] }, frame),
    'emergency-named': emergencyCard({ ...view, isNamed: true }, frame),
    'emergency-many': emergencyCard({ ...view, accounts: many, isNamed: true }, frame),
    'emergency-sign-in': emergencySignInCard({ displayName: null, signIns: [signIn] }, frame),
    'emergency-sign-in-named': emergencySignInCard({ displayName: name, signIns: [signIn, signIn] }, frame),
    'emergency-sign-in-drill': emergencySignInCard(
      { displayName: name, signIns: [{ ...signIn, drillId: 'drill-1', interactive: false }] },
      frame,
    ),
    'emergency-attempt': emergencySignInCard({ displayName: null, signIns: [{ ...signIn, succeeded: false }] }, frame),
  };
}
