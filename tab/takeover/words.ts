/** What the page about old MFA says beside what the server says. */
const en = {
  title: 'Take out old MFA',
  intro:
    'Everyone answers to the enforcing policy first. What asked for MFA before is then taken out step by step; every original is kept and can be put back.',
  first: 'What has to stand first',
  steps: 'Steps',
  wayBack: 'Way back',
  left: 'Old policies that are left, and why not more',
  kept: 'Who keeps per-user MFA',
  signedAway: 'Lose MFA by a signed exception',
  uncovered: 'Would lose MFA',
  methods: (before: number, after: number) => `Registered methods: ${before} before, ${after} after`,
  approve: 'Approve this plan',
  undo: 'Put the old MFA back',
  everything: 'Undo everything …',
  everythingHead: 'Undo everything',
  everythingTitle: 'Undo everything?',
  everythingYes: 'Yes, undo everything',
  everythingIntro: 'Takes back everything that the rollout wrote in this tenant.',
  approvedBy: 'Approved by',
  missing: 'Still to approve',
  sides: { msp: 'the service provider’s engineer', customer: 'the customer’s approver' },
  nothing: 'There is no old MFA that may be taken out.',
  overRails: 'This changes more people than one run may. Both approvals together allow it.',
  recorded: 'Recorded.',
  stands: {
    ...{ asked: 'The takeover begins.', running: 'The takeover is under way.', done: 'The takeover is done.' },
    ...{ refused: 'The takeover was refused.', compensated: 'The takeover failed; everything was put back.' },
    standing: 'The takeover was put back in part; each step says what was left.',
    undoing: 'The old MFA is being put back.',
    undone: 'The old MFA was put back.',
  },
  states: {
    ...{ planned: 'planned', begun: 'begun', done: 'done', skipped: 'passed over', undone: 'put back', left: 'left' },
  },
};

const de: typeof en = {
  title: 'Alte MFA herausnehmen',
  intro:
    'Zuerst unterliegen alle der erzwingenden Richtlinie. Was vorher MFA verlangte, wird dann Schritt für Schritt herausgenommen; jedes Original bleibt erhalten und lässt sich zurückstellen.',
  first: 'Was zuerst stehen muss',
  steps: 'Schritte',
  wayBack: 'Weg zurück',
  left: 'Alte Richtlinien, die bleiben, und warum nicht mehr',
  kept: 'Wer die benutzerbasierte MFA behält',
  signedAway: 'Verlieren MFA durch eine unterschriebene Ausnahme',
  uncovered: 'Würden MFA verlieren',
  methods: (before, after) => `Registrierte Methoden: vorher ${before}, nachher ${after}`,
  approve: 'Diesen Plan freigeben',
  undo: 'Alte MFA zurückstellen',
  everything: 'Alles zurücknehmen …',
  everythingHead: 'Alles zurücknehmen',
  everythingTitle: 'Alles zurücknehmen?',
  everythingYes: 'Ja, alles zurücknehmen',
  everythingIntro: 'Nimmt alles zurück, was der Rollout in diesem Mandanten geschrieben hat.',
  approvedBy: 'Freigegeben von',
  missing: 'Es fehlt noch die Freigabe',
  sides: { msp: 'Techniker des Dienstleisters', customer: 'Freigebender des Kunden' },
  nothing: 'Es gibt keine alte MFA, die herausgenommen werden darf.',
  overRails: 'Das ändert mehr Personen, als ein Lauf darf. Beide Freigaben zusammen lassen es zu.',
  recorded: 'Gespeichert.',
  stands: {
    ...{ asked: 'Die Übernahme beginnt.', running: 'Die Übernahme läuft.', done: 'Die Übernahme ist erledigt.' },
    refused: 'Die Übernahme wurde abgelehnt.',
    compensated: 'Die Übernahme ist gescheitert; alles wurde zurückgestellt.',
    standing: 'Die Übernahme wurde teilweise zurückgestellt; jeder Schritt sagt, was blieb.',
    undoing: 'Die alte MFA wird zurückgestellt.',
    undone: 'Die alte MFA wurde zurückgestellt.',
  },
  states: {
    ...{ planned: 'geplant', begun: 'begonnen', done: 'erledigt', skipped: 'übergangen' },
    ...{ undone: 'zurückgestellt', left: 'belassen' },
  },
};

export const TAKEOVER_WORDS = { en, de } as const;
export type TakeoverWords = typeof en;
