import type { Language } from './faq-types.core.ts';

// Which of the two languages a message is in: little words tell it, because they are in every sentence and belong to
// one language alone. The answer goes out in it, so a tie falls to the language the conversation has.

const LITTLE_WORDS: Record<Language, ReadonlySet<string>> = {
  en: new Set(
    'the a an i im my me you your we our us is are am was were be been do does did dont doesnt didnt cant can could should would will have has had to for of and or but not no this that it its what how why when where who which with on at from any some anyone someone please if need get got just still by about there here they he she as am thanks hi hello new'.split(
      ' ',
    ),
  ),
  de: new Set(
    'der die das ein eine einen einem einer ich mein meine meinen meinem meiner mir mich du wir uns unser unsere ihr sie er es ist sind bin war waren sein hat habe hab haben kann koennen muss muessen soll sollen will wollen darf und oder aber nicht kein keine keinen was wie warum wieso wann wo wer welche welcher mit auf am im in ans beim vom von zu zum zur fuer bei nach seit noch schon auch nur jetzt bitte danke wenn dass ob mal gibt geht gehts man den dem des doch ja nein hallo aus ueber dann heute morgen neues neue'.split(
      ' ',
    ),
  ),
};

/** Words like `in` and `was` stand in both languages; they are on the list where they say more. */
export function languageOf(words: readonly string[], original: string, fallback: Language): Language {
  const counts = { en: 0, de: /[äöüß]/iu.test(original) ? 2 : 0 };
  for (const word of words) {
    if (LITTLE_WORDS.en.has(word)) counts.en += 1;
    if (LITTLE_WORDS.de.has(word)) counts.de += 1;
    if (/(ung|keit|heit|lich|isch|schl|ae|oe|ue|sch|handy)/.test(word) && word.length > 4) counts.de += 0.5;
  }
  if (counts.en === counts.de) return fallback;
  return counts.en > counts.de ? 'en' : 'de';
}

/** True for words that carry no matter of their own. */
export function isLittleWord(word: string): boolean {
  return LITTLE_WORDS.en.has(word) || LITTLE_WORDS.de.has(word);
}
