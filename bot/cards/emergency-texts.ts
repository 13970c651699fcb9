/** The words of the cards about break-glass accounts, in both languages. */
import type { Language } from './texts.ts';

const EN = {
  title: 'Break-glass accounts and their drills',
  intro: (days: number) =>
    `Before a policy is written, each of these accounts has to have signed in within a drill; a drill counts for ${days} days.`,
  states: { never: 'never drilled', running: 'drill running', drilled: 'drilled', overdue: 'overdue' },
  none: 'No break-glass account is declared. Name two in the customer file.',
  noNames: 'No names here: only engineers see them.',
  show: 'Show accounts and start a drill',
  start: 'Start drill',
  refresh: 'Look again',
  running: (until: string) =>
    `Sign in with this account before ${until}. The sign-in log shows it after 5 to 15 minutes; this card then says so.`,
  drilled: (on: string, until: string) => `Signed in on ${on}; counts until ${until}.`,
  overdue: (since: string) => `Overdue since ${since}: nothing new is pushed or enforced before it is drilled again.`,
  never: 'Nobody knows whether this account gets in.',
  missed: (at: string) => `A drill ended on ${at} without a sign-in.`,
  unread: 'The sign-in log of these accounts cannot be read at present, so no sign-in is seen.',
  openTab: 'Open in the tab',
  signInTitle: 'A break-glass account signed in',
  attemptTitle: 'Somebody tries to sign in with a break-glass account',
  drillTitle: 'A break-glass account signed in for its drill',
  signIn: 'If nobody of you did this, treat it as an attack: end its sessions and change its key.',
  attempt: 'It did not get in. If nobody of you did this, somebody knows the name of the account.',
  drill: 'This is the sign-in that the running drill waited for.',
  backgroundOnly: 'in the background, by an earlier sign-in',
  facts: { account: 'Account', at: 'At', from: 'From', app: 'Application', times: 'Sign-ins so far' },
  somewhere: 'not known',
};

export type EmergencyTexts = typeof EN;

const DE: EmergencyTexts = {
  title: 'Notfallkonten und ihre Übungen',
  intro: (days) =>
    `Bevor eine Richtlinie geschrieben wird, muss sich jedes dieser Konten in einer Übung angemeldet haben; eine Übung gilt ${days} Tage.`,
  states: { never: 'nie geübt', running: 'Übung läuft', drilled: 'geübt', overdue: 'überfällig' },
  none: 'Es ist kein Notfallkonto benannt. Nennen Sie zwei in der Kundendatei.',
  noNames: 'Namen stehen hier keine: Sie sehen nur Techniker.',
  show: 'Konten zeigen und Übung beginnen',
  start: 'Übung beginnen',
  refresh: 'Erneut ansehen',
  running: (until) =>
    `Melden Sie sich mit diesem Konto vor ${until} an. Das Anmeldeprotokoll zeigt es nach 5 bis 15 Minuten; dann steht es auf dieser Karte.`,
  drilled: (on, until) => `Angemeldet am ${on}; gilt bis ${until}.`,
  overdue: (since) => `Überfällig seit ${since}: Bis zur nächsten Übung wird nichts Neues geschrieben oder erzwungen.`,
  never: 'Niemand weiß, ob dieses Konto hineinkommt.',
  missed: (at) => `Eine Übung endete am ${at} ohne Anmeldung.`,
  unread: 'Das Anmeldeprotokoll dieser Konten lässt sich derzeit nicht lesen, daher wird keine Anmeldung gesehen.',
  openTab: 'Zur Registerkarte',
  signInTitle: 'Ein Notfallkonto hat sich angemeldet',
  attemptTitle: 'Jemand versucht, sich mit einem Notfallkonto anzumelden',
  drillTitle: 'Ein Notfallkonto hat sich für seine Übung angemeldet',
  signIn: 'War das niemand von Ihnen, behandeln Sie es als Angriff: Sitzungen beenden, Schlüssel wechseln.',
  attempt: 'Die Anmeldung gelang nicht. War das niemand von Ihnen, kennt jemand den Namen des Kontos.',
  drill: 'Auf diese Anmeldung hat die laufende Übung gewartet.',
  backgroundOnly: 'im Hintergrund, aus einer früheren Anmeldung',
  facts: { account: 'Konto', at: 'Am', from: 'Von', app: 'Anwendung', times: 'Anmeldungen bisher' },
  somewhere: 'nicht bekannt',
};

/** The words in a language. */
export function emergencyTextsIn(language: Language): EmergencyTexts {
  return { en: EN, de: DE }[language];
}
