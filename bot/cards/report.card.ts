import { type Card, card, facts, heading, openUrl, ownText } from './card.ts';
import { customerOf, type Frame } from './exceptions.card.ts';
import { momentIn } from './texts.ts';

/** What the closing report counted; null: that was not read. */
export type TotalsView = { takenAt: Date; figures: Readonly<Record<string, number | null>> };

/** In the order of the report. */
const SHOWN = [
  'accounts.inScope',
  'scope.enforced',
  'scope.excepted',
  'scope.notEnforced',
  'scope.unknown',
  'findings.open',
] as const;

const TEXTS = {
  en: {
    title: 'The MFA rollout is finished',
    intro:
      'The closing report is written and goes to the customer\u2019s approver by mail. Names stand in it, and in the tab.',
    asOf: (at: string) => `As of ${at}`,
    notRead: 'not read',
    open: 'Open the rollout',
    'accounts.inScope': 'Accounts in scope',
    'scope.enforced': 'MFA enforced',
    'scope.excepted': 'Signed exceptions',
    'scope.notEnforced': 'Not enforced',
    'scope.unknown': 'Not known',
    'findings.open': 'Old clients still in use',
  },
  de: {
    title: 'Die MFA-Einf\u00fchrung ist abgeschlossen',
    intro:
      'Der Abschlussbericht ist geschrieben und geht per Mail an die freigebende Person des Kunden. Namen stehen dort und in der Registerkarte.',
    asOf: (at: string) => `Stand ${at}`,
    notRead: 'nicht gelesen',
    open: 'Rollout \u00f6ffnen',
    'accounts.inScope': 'Konten im Geltungsbereich',
    'scope.enforced': 'MFA erzwungen',
    'scope.excepted': 'Unterschriebene Ausnahmen',
    'scope.notEnforced': 'Nicht erzwungen',
    'scope.unknown': 'Nicht bekannt',
    'findings.open': 'Alte Clients noch in Gebrauch',
  },
} as const;

/** The totals of the closing report: counts only, with the way to the tab. */
export function reportCard({ takenAt, figures }: TotalsView, frame: Frame): Card {
  const texts = TEXTS[frame.language];
  const told = (key: (typeof SHOWN)[number]) => String(figures[key] ?? texts.notRead);
  return card({
    fallbackText: texts.title,
    body: [
      heading(texts.title),
      customerOf(frame),
      ownText(texts.intro),
      facts(SHOWN.map((key) => ({ title: texts[key], value: told(key) }))),
      ownText(texts.asOf(momentIn(frame.language, takenAt.toISOString(), frame.timeZone)), {
        isSubtle: true,
        size: 'Small',
      }),
    ],
    actions: [openUrl(texts.open, frame.tabUrl)],
  });
}
