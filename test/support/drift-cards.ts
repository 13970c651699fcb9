/** The cards about what others changed, in their states, for the gallery of cards. */
import type { Card } from '../../bot/cards/card.ts';
import { type DriftCardView, driftCard } from '../../bot/cards/drift.card.ts';
import type { Frame } from '../../bot/cards/exceptions.card.ts';

const ACCOUNT = 'bbbbbbbb-0000-4000-8000-000000000001';
const AT = '2026-11-20T09:30:00Z';
const WHY = { en: 'Nothing was written.', de: 'Es wurde nichts geschrieben.' };

/** One of two people has said yes to a loss of cover. */
function asked(name: string): Partial<DriftCardView> {
  const words = {
    en: '1 account would not have to use MFA anywhere.',
    de: '1 Konto müsste MFA nirgends mehr verwenden.',
  };
  const by = { tenantId: ACCOUNT, objectId: ACCOUNT };
  const approval = { id: 'drift-1', phase: 'drift', verdict: 'approve', digest: '', by, displayName: name } as const;
  const accept = {
    ...{ words, lost: [ACCOUNT, ACCOUNT], approvals: [{ ...approval, anyway: [], at: AT }] },
    ...{ missing: ['customer' as const], expiresAt: '2026-11-23T09:30:00Z' },
  };
  return {
    offers: { restore: { yes: true }, accept: { yes: true, two: words } },
    two: { restore: null, accept },
  };
}

/** Every card about drift, by name; people and objects are called `name`. */
export function driftCards(frame: Frame, name: string): Record<string, Card> {
  const view = (change: Partial<DriftCardView>): DriftCardView => ({
    ...{ key: 'ENFORCE:policy', kind: 'edited', aspect: 'policy', object: 'ENFORCE', objectId: ACCOUNT, name },
    ...{ before: { state: 'enabled', excludeUsers: [] }, after: { state: 'enabled', excludeUsers: [ACCOUNT] } },
    ...{ witness: null, id: 'drift-1', state: 'open', digest: `sha256:${'ab12'.repeat(16)}`, severity: 1 },
    effect: {
      lost: [ACCOUNT],
      gained: [],
      blocked: [],
      unknown: 0,
      sentence: { en: 'One loses MFA.', de: 'Eine verliert MFA.' },
    },
    ...{ since: AT, firstSeen: AT, changedAt: AT, actor: null, decidedBy: null, failure: null, job: null },
    toleratedUntil: null,
    ...{ offers: { restore: { yes: true }, accept: { yes: false, code: 'accept_shrinks_cover', why: WHY } } },
    ...{ names: null, mayDecide: null, notice: null },
    ...change,
  });
  const seen: Partial<DriftCardView> = {
    ...{ names: new Map([[ACCOUNT, name]]), mayDecide: { yes: true } },
    actor: { kind: 'user', id: ACCOUNT, name, at: AT },
  };
  const rows = Object.fromEntries(
    Array.from({ length: 60 }, (_, at) => [`account-${String(at).padStart(2, '0')}`, 'out']),
  );
  return {
    'drift-channel': driftCard(view({}), frame),
    'drift-engineer': driftCard(view(seen), frame),
    'drift-refused': driftCard(view({ ...seen, mayDecide: { yes: false, why: WHY.en }, notice: name }), frame),
    'drift-failed': driftCard(view({ ...seen, failure: WHY }), frame),
    'drift-two-people': driftCard(view({ ...seen, ...asked(name), mayApprove: { yes: true } }), frame),
    'drift-members': driftCard(
      view({ ...seen, kind: 'membership', aspect: 'members', object: 'direct', before: {}, after: rows, severity: 2 }),
      frame,
    ),
    'drift-defaults': driftCard(
      view({
        kind: 'securityDefaults',
        aspect: 'securityDefaults',
        before: { isEnabled: false },
        after: { isEnabled: true },
      }),
      frame,
    ),
    'drift-restored': driftCard(view({ ...seen, state: 'restored' }), frame),
    'drift-accepted': driftCard(view({ ...seen, state: 'accepted', actor: { kind: 'unnamed' } }), frame),
  };
}
