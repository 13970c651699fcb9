/** What somebody is told whose decision about a phase changed nothing, in either language; each says what can be done. */
import type { PhaseState, Rollout, Sentence } from '../phases/phase-types.core.ts';

const STATES: Readonly<Record<PhaseState, string>> = {
  planned: 'geplant',
  announced: 'angekündigt',
  observing: 'in Beobachtung',
  blocked: 'blockiert',
  ready: 'bereit zur Freigabe',
  approved: 'freigegeben',
  enforced: 'erzwungen',
  held: 'angehalten',
  rolledBack: 'zurückgenommen',
};

const ENDED: Readonly<Record<Rollout['state'], string>> = {
  running: 'im Gang',
  finished: 'zu Ende',
  stopped: 'gestoppt',
};

/** The sentences by what keeps the decision from being made. */
export const DECISION_TEXTS = {
  rolloutEnded: (state: Rollout['state']): Sentence => ({
    en: `This rollout is ${state}: nothing is decided in it any more.`,
    de: `Dieser Rollout ist ${ENDED[state]}: Darin wird nichts mehr entschieden.`,
  }),
  anywayUnknown: {
    en: 'Somebody is named to be enforced anyway who is not in this phase. Look at the phase again and name its people only.',
    de: 'Für jemanden, der nicht zu dieser Phase gehört, soll MFA trotzdem erzwungen werden. Sehen Sie sich die Phase wieder an und nennen Sie nur ihre Personen.',
  },
  ownApproval: {
    en: 'You approved this; it needs somebody else too.',
    de: 'Sie haben das freigegeben; es braucht noch jemand anderen.',
  },
  isNow: (state: PhaseState): Sentence => ({
    en: `The phase is ${state} already.`,
    de: `Die Phase ist schon ${STATES[state]}.`,
  }),
  notReady: (phase: string, state: PhaseState): Sentence => ({
    en: `The phase "${phase}" is ${state}, so that it cannot be approved now.`,
    de: `Die Phase „${phase}“ ist ${STATES[state]} und kann jetzt nicht freigegeben werden.`,
  }),
  waits: (phase: string): Sentence => ({
    en: `The phase "${phase}" is ready; Security Defaults are on, and enforcement comes with the last step. Approve that one: it covers everybody.`,
    de: `Die Phase „${phase}“ ist bereit; die Sicherheitsstandards sind an, und erzwungen wird mit dem letzten Schritt. Geben Sie diesen frei: Er gilt für alle.`,
  }),
  changesNothing: (phase: string, state: PhaseState): Sentence => ({
    en: `The phase "${phase}" is ${state}: this changes nothing there.`,
    de: `Die Phase „${phase}“ ist ${STATES[state]}: Daran ändert das nichts.`,
  }),
  heldSince: {
    en: 'The phase was held after this was shown to you.',
    de: 'Die Phase wurde angehalten, nachdem Ihnen das gezeigt wurde.',
  },
  everyoneEnforced: {
    en: 'Everybody is enforced, so that taking this phase out alone would change nothing. Roll back the last phase first.',
    de: 'MFA ist für alle erzwungen; diese Phase allein herauszunehmen, änderte nichts. Nehmen Sie zuerst die letzte Phase zurück.',
  },
  stale: (digest: string): Sentence => ({
    en: `This has changed since it was shown to you. Look at the present state (${digest}) and decide on that.`,
    de: `Das hat sich geändert, seit es Ihnen gezeigt wurde. Sehen Sie sich den jetzigen Stand (${digest}) an und entscheiden Sie darüber.`,
  }),
} as const;

/** Both sentences, one after the other. */
export function joined(one: Sentence, other: Sentence): Sentence {
  return { en: `${one.en} ${other.en}`, de: `${one.de} ${other.de}` };
}
