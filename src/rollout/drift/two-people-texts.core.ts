/** What two people are asked, in both languages. Counts and sides; never a person's name. */
import type { Side } from '../approvals/phase-approval.core.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import type { DriftEffect } from './drift-types.core.ts';
import { TOLERATED_DAYS } from './two-people.core.ts';

function accounts(n: number): Sentence {
  return n === 1 ? { en: '1 account', de: '1 Konto' } : { en: `${n} accounts`, de: `${n} Konten` };
}

/** What accepting costs, in counts: how many would use MFA nowhere any more, and how many only for a part. */
export function lossWords(
  { lost, toNothing }: Pick<DriftEffect, 'lost' | 'toNothing'>,
  isTolerated: boolean,
): Sentence {
  const none = toNothing?.length ?? 0;
  const part = lost.length - none;
  const en = [
    none === 0 ? null : `${accounts(none).en} would not have to use MFA anywhere`,
    part === 0 ? null : `${accounts(part).en} would have to use it only for some apps or in some places`,
  ].filter((words) => words !== null);
  const de = [
    none === 0 ? null : `${accounts(none).de} ${none === 1 ? 'müsste' : 'müssten'} MFA nirgends mehr verwenden`,
    part === 0 ? null : `${accounts(part).de} ${part === 1 ? 'müsste' : 'müssten'} sie nur noch teilweise verwenden`,
  ].filter((words) => words !== null);
  const again = isTolerated ? AGAIN : { en: '', de: '' };
  return { en: `${en.join(', and ')}.${again.en}`, de: `${de.join(', und ')}.${again.de}` };
}

const AGAIN: Sentence = {
  en: ` Nobody signed an exception for that: it is told again after ${TOLERATED_DAYS} days. A lasting exception is signed.`,
  de: ` Dafür gibt es keine unterschriebene Ausnahme: Nach ${TOLERATED_DAYS} Tagen wird es wieder gemeldet. Eine dauerhafte Ausnahme wird unterschrieben.`,
};

const SIDES: Readonly<Record<Side, Sentence>> = {
  msp: { en: 'an engineer of the service provider', de: 'jemand aus der Technik des Dienstleisters' },
  customer: { en: 'an approver of the customer', de: 'jemand mit Freigabe beim Kunden' },
};

/** Whose approval is missing. */
export function missingWords(missing: readonly Side[]): Sentence {
  const said = (language: keyof Sentence, and: string) => missing.map((side) => SIDES[side][language]).join(and);
  return { en: `Still to approve: ${said('en', ' and ')}.`, de: `Es fehlt noch: ${said('de', ' und ')}.` };
}

/** What is said about presses that two people make. */
export const TWO_PEOPLE_TEXTS = {
  own: {
    en: 'You have approved this already; another person has to.',
    de: 'Sie haben das schon freigegeben; eine andere Person muss es noch tun.',
  },
  notYours: {
    en: 'Only an engineer or an approver decides this. Your engineer can grant the role.',
    de: 'Das entscheidet nur, wer die Rolle Technik oder Freigabe hat. Ihr Techniker kann sie vergeben.',
  },
  approved: { en: 'Your approval is recorded.', de: 'Ihre Freigabe ist gespeichert.' },
} as const satisfies Record<string, Sentence>;
