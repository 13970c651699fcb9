/** The helpdesk's cards in their states, for the gallery of cards. */
import { alarmCard, type HelpFrame, issuedCard, type PassView, passCard } from '../../bot/cards/access-pass.card.ts';
import type { Card } from '../../bot/cards/card.ts';
import { stuckCard } from '../../bot/cards/stuck.card.ts';
import { passRefusal } from '../../src/rollout/access-pass/access-pass-texts.core.ts';
import { STUCK_REASONS, stuckOf } from '../../src/rollout/helpdesk/stuck.core.ts';
import type { Phase, PhasePerson } from '../../src/rollout/phases/phase-types.core.ts';

const CUSTOMER = '0c0a50de-0000-4000-8000-000000000001';
const PERSON = 'dddddddd-0000-4000-8000-000000000001';
const UNTIL = '2026-11-22T10:00:00Z';

/** So many stuck people of this name, with every reason there is. */
function stuckPeople(count: number, name: string) {
  const phase = { name, state: 'enforced', enforceOn: '2026-12-03' } as Phase;
  const people = Array.from({ length: count }, (_, index) => ({
    accountId: `dddddddd-0000-4000-8000-${String(index).padStart(12, '0')}`,
    ...{ displayName: name, phase: name, exempt: null, accountStatus: 'enabled', enrolment: 'not' },
  })) as unknown as PhasePerson[];
  const ids = people.map(({ accountId }) => accountId);
  const found = stuckOf({
    ...{ phases: [phase], people, failing: new Set(ids), requested: new Set(ids), enrolled: new Set<string>() },
    oldClients: new Map(ids.map((id) => [id, [name]])),
    passes: new Map(ids.map((id) => [id, UNTIL])),
  });
  if (found[0]?.why.length !== STUCK_REASONS.length - 2) throw new Error('everybody has every reason that fits');
  return found;
}

/** Every card of the helpdesk, by name; people are called `name`. */
export function helpCards(frame: HelpFrame & { tabUrl: string }, name: string): Record<string, Card> {
  const view: PassView = { accountId: PERSON, displayName: name, requests: [], last: null, notice: null };
  const request = { tenantId: CUSTOMER, objectId: CUSTOMER, displayName: name, at: '2026-11-20T09:30:00Z' };
  const registration = { at: UNTIL, from: 'BR', usual: ['DE', 'AT'], verdict: 'foreign' } as const;
  const live = { state: 'issued', expiresAt: UNTIL } as const;
  return {
    'pass-open': passCard(view, frame),
    'pass-asked': passCard({ ...view, requests: [request], last: { state: 'expired', expiresAt: UNTIL } }, frame),
    'pass-refused': passCard({ ...view, notice: passRefusal('pass_policy_off').message }, frame),
    'pass-live': passCard({ ...view, last: live, notice: 'sessionsAsked' }, frame),
    'pass-withdrawn': passCard({ ...view, last: { state: 'withdrawn', expiresAt: null }, notice: 'withdrawn' }, frame),
    'pass-issued': issuedCard({ accountId: PERSON, displayName: name, secret: '+drkzqAD', expiresAt: UNTIL }, frame),
    'pass-alarm': alarmCard({ accountId: PERSON, displayName: name, registration }, frame),
    'pass-alarm-unknown': alarmCard(
      { accountId: PERSON, displayName: name, registration: { ...registration, from: null, verdict: 'unknown' } },
      frame,
    ),
    'stuck-nobody': stuckCard([], frame),
    'stuck-one': stuckCard(stuckPeople(1, name), frame),
    'stuck-many': stuckCard(stuckPeople(40, name), frame),
  };
}
