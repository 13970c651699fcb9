import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import { de } from './de.ts';
import { en, type Texts } from './en.ts';
import { createFormat, type Format } from './format.ts';

/** The texts and formats of the person's language. */
export type Words = { t: Texts; f: Format; language: 'en' | 'de' };

const WordsContext = createContext<Words | null>(null);

/** The words for a locale as Teams writes it (`de-de`); a language without texts gets English with English formats. */
export function wordsFor(locale: string): Words {
  const isGerman = locale.toLowerCase().split(/[-_]/)[0] === 'de';
  const isEnglish = locale.toLowerCase().startsWith('en');
  const format = createFormat(isGerman || isEnglish ? locale.replaceAll('_', '-') : 'en');
  return isGerman ? { t: de, f: format, language: 'de' } : { t: en, f: format, language: 'en' };
}

/** Gives everything below it the words of a locale and marks the document with the language. */
export function WordsProvider({ locale, children }: { locale: string; children: ReactNode }) {
  const words = useMemo(() => wordsFor(locale), [locale]);
  useEffect(() => {
    document.documentElement.lang = words.f.locale;
    document.title = words.t.app.title;
  }, [words]);
  return <WordsContext value={words}>{children}</WordsContext>;
}

/** The words of the nearest provider; refuses outside one, which is a mistake of ours. */
export function useWords(): Words {
  const words = useContext(WordsContext);
  if (words === null) throw new Error('useWords stands outside WordsProvider');
  return words;
}
