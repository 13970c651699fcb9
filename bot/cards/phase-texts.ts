/** The words of a phase's card, in both languages. */
import type { PhaseState } from '../../src/rollout/phases/phase-types.core.ts';
import type { Language } from './texts.ts';

const EN = {
  title: 'Phase of the MFA rollout',
  states: {
    planned: 'planned',
    announced: 'announced',
    observing: 'in its report-only window',
    blocked: 'blocked',
    ready: 'ready for approval',
    approved: 'approved',
    enforced: 'enforced',
    held: 'on hold',
    rolledBack: 'rolled back',
  } as Readonly<Record<PhaseState, string>>,
  says: {
    planned: 'Nobody of this phase was written to yet.',
    announced: 'The people of this phase know of it. The report-only window begins next.',
    observing: 'Sign-ins are watched; nobody is asked for anything yet.',
    blocked: 'Something keeps this phase from being enforced. It goes on by itself once that is mended.',
    ready: 'Two people have to approve: one of the service provider and one of the customer.',
    approved: 'It is enforced on its day, within the agreed hours.',
    enforced: 'The people of this phase have to use MFA now.',
    held: 'Somebody stopped it. Nothing is enforced until it is resumed.',
    rolledBack:
      'Its people no longer have to use MFA; the phases before it stay enforced. To try again: hold, then resume.',
  } as Readonly<Record<PhaseState, string>>,
  facts: {
    people: 'People',
    capable: 'Enrolled',
    not: 'Not enrolled',
    unknown: 'Not known',
    exempt: 'Carved out',
    on: 'Enforced on',
    from: 'from',
    asked: 'Newly asked for MFA',
    already: 'Asked already',
    anyway: 'Enforced although not ready',
  },
  gatesTitle: 'What stands in the way',
  moreGates: (left: number) => `${left} more in the tab.`,
  mayPass: 'To be decided',
  waiting: 'ready, waiting for the last step',
  waits:
    'Ready; Security Defaults are on, enforcement comes with the last step. Nobody has to approve this phase by itself.',
  switches: (phases: number) =>
    `Approving this takes the place of Security Defaults: they go off, and everybody of this phase and of ${phases === 1 ? 'the other phase' : `the ${phases} other phases`} is enforced in one step.`,
  first: 'This is the first phase: approving it switches the enforcing policy on.',
  missing: {
    msp: 'Still needed: the approval of an engineer.',
    customer: 'Still needed: the approval of the customer’s approver.',
  },
  unnamed: (people: number) =>
    `${people === 1 ? 'One person is' : `${people} people are`} not ready. Wait, or name them in the tab to enforce the phase anyway.`,
  expires: 'The approval lapses on ',
  approvedBy: 'Approved by ',
  heldBy: 'Held by ',
  resumedBy: 'Resumed by ',
  rolledBackBy: 'Rolled back by ',
  askedBy: 'Asked for a new decision by ',
  youApproved: 'You approved this. It needs somebody else too.',
  approve: (people: number) => `Approve: ${people} ${people === 1 ? 'person' : 'people'} newly asked for MFA`,
  hold: 'Hold',
  resume: 'Resume',
  rollBack: (people: number) => `Roll back for ${people} ${people === 1 ? 'person' : 'people'}`,
  askAgain: 'Ask again',
  review: 'Review and decide',
  openTab: 'Open in the tab',
  gone: 'This phase is no more: another rollout has begun, or none runs. Write “status” for the present state.',
  stale: 'The phase changed since this card was shown. This is the present state:',
  line: {
    seen: (failing: number, seen: number) => `Stop line: ${failing} of ${seen} people seen failed MFA for good.`,
    left: (people: number) => `With ${people} more this phase, and no other, is taken out of enforcement by itself.`,
    over: 'That is over the line: this phase is being taken out of enforcement.',
    blind: 'The stop line sees nothing: the sign-in logs do not say enough.',
    blindNext:
      'Nothing takes this phase out by itself meanwhile. Have the helpdesk listen, and roll back by hand if people cannot get in.',
    until: (days: number) => `The line watches this phase for ${days} days, until `,
  },
  sessionsHeld: (people: number, max: number) =>
    `Sessions were not ended: ${people} people are more than the ${max} whom the customer’s rail allows at once. They meet MFA when their tokens run out.`,
  statusTitle: 'Phases',
  statusShow: (ordinal: number) => `Show phase ${ordinal}`,
};

export type PhaseTexts = typeof EN;

const DE: PhaseTexts = {
  title: 'Phase des MFA-Rollouts',
  states: {
    planned: 'geplant',
    announced: 'angekündigt',
    observing: 'im Nur-melden-Fenster',
    blocked: 'blockiert',
    ready: 'bereit zur Freigabe',
    approved: 'freigegeben',
    enforced: 'erzwungen',
    held: 'angehalten',
    rolledBack: 'zurückgenommen',
  },
  says: {
    planned: 'Von dieser Phase wurde noch niemand angeschrieben.',
    announced: 'Die Personen dieser Phase wissen Bescheid. Als Nächstes beginnt das Nur-melden-Fenster.',
    observing: 'Anmeldungen werden beobachtet; noch wird niemand nach etwas gefragt.',
    blocked: 'Etwas verhindert, dass diese Phase erzwungen wird. Ist es behoben, geht sie von selbst weiter.',
    ready: 'Zwei Personen müssen freigeben: eine des Dienstleisters und eine des Kunden.',
    approved: 'Sie wird an ihrem Tag in den vereinbarten Stunden erzwungen.',
    enforced: 'Die Personen dieser Phase müssen jetzt MFA verwenden.',
    held: 'Jemand hat sie angehalten. Bis sie fortgesetzt wird, wird nichts erzwungen.',
    rolledBack:
      'Ihre Personen müssen MFA nicht mehr verwenden; die Phasen davor bleiben erzwungen. Für einen neuen Versuch: anhalten, dann fortsetzen.',
  },
  facts: {
    people: 'Personen',
    capable: 'Registriert',
    not: 'Nicht registriert',
    unknown: 'Nicht bekannt',
    exempt: 'Ausgenommen',
    on: 'Erzwungen am',
    from: 'ab',
    asked: 'Neu nach MFA gefragt',
    already: 'Schon bisher gefragt',
    anyway: 'Erzwungen, obwohl nicht bereit',
  },
  gatesTitle: 'Was im Weg steht',
  moreGates: (left) => `${left} weitere in der Registerkarte.`,
  mayPass: 'Zu entscheiden',
  waiting: 'bereit, wartet auf den letzten Schritt',
  waits:
    'Bereit; die Sicherheitsstandards sind an, erzwungen wird mit dem letzten Schritt. Diese Phase muss niemand einzeln freigeben.',
  switches: (phases) =>
    `Diese Freigabe löst die Sicherheitsstandards ab: Sie gehen aus, und für alle dieser Phase und der ${phases === 1 ? 'anderen Phase' : `${phases} anderen Phasen`} wird MFA in einem Schritt erzwungen.`,
  first: 'Das ist die erste Phase: Mit ihr wird die erzwingende Richtlinie eingeschaltet.',
  missing: {
    msp: 'Es fehlt noch die Freigabe eines Technikers.',
    customer: 'Es fehlt noch die Freigabe des Kunden.',
  },
  unnamed: (people) =>
    `${people === 1 ? 'Eine Person ist' : `${people} Personen sind`} nicht bereit. Warten Sie, oder nennen Sie sie in der Registerkarte, um die Phase trotzdem zu erzwingen.`,
  expires: 'Die Freigabe verfällt am ',
  approvedBy: 'Freigegeben von ',
  heldBy: 'Angehalten von ',
  resumedBy: 'Fortgesetzt von ',
  rolledBackBy: 'Zurückgenommen von ',
  askedBy: 'Um neue Entscheidung gebeten von ',
  youApproved: 'Sie haben freigegeben. Es braucht noch eine andere Person.',
  approve: (people) => `Freigeben: ${people} ${people === 1 ? 'Person' : 'Personen'} neu nach MFA gefragt`,
  hold: 'Anhalten',
  resume: 'Fortsetzen',
  rollBack: (people) => `Zurücknehmen für ${people} ${people === 1 ? 'Person' : 'Personen'}`,
  askAgain: 'Neu fragen',
  review: 'Prüfen und entscheiden',
  openTab: 'Zur Registerkarte',
  gone: 'Diese Phase gibt es nicht mehr: Ein anderer Rollout hat begonnen, oder keiner läuft. Mit „status“ sehen Sie den Stand.',
  stale: 'Die Phase hat sich geändert, seit diese Karte gezeigt wurde. So ist der Stand jetzt:',
  line: {
    seen: (failing, seen) => `Stopplinie: ${failing} von ${seen} gesehenen Personen scheiterten endgültig an der MFA.`,
    left: (people) => `Bei ${people} weiteren wird diese Phase, und nur sie, von selbst zurückgenommen.`,
    over: 'Das liegt über der Linie: Diese Phase wird gerade zurückgenommen.',
    blind: 'Die Stopplinie sieht nichts: Die Anmeldeprotokolle sagen nicht genug.',
    blindNext:
      'Solange nimmt nichts diese Phase von selbst zurück. Lassen Sie den Helpdesk hinhören, und nehmen Sie sie von Hand zurück, wenn Personen nicht hineinkommen.',
    until: (days) => `Die Linie gilt für diese Phase ${days} Tage lang, bis `,
  },
  sessionsHeld: (people, max) =>
    `Sitzungen wurden nicht beendet: ${people} Personen sind mehr als die ${max}, die die Grenze des Kunden auf einmal zulässt. Sie begegnen der MFA, wenn ihre Token ablaufen.`,
  statusTitle: 'Phasen',
  statusShow: (ordinal) => `Phase ${ordinal} zeigen`,
};

/** The words in a language. */
export function phaseTextsIn(language: Language): PhaseTexts {
  switch (language) {
    case 'en':
      return EN;
    case 'de':
      return DE;
  }
}

/** A calendar day in words of the language. */
export function dayIn(language: Language, day: string): string {
  const format = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  const at = new Date(`${day}T00:00:00Z`);
  return new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', format).format(at);
}
