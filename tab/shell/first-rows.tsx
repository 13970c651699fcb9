import { Button } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { useWords } from '../i18n/words.tsx';

/** The first rows of a list until somebody wants all of them; `showAll` is the button for that, null where none is left. */
export function useFirstRows<T>(
  rows: readonly T[],
  first: number,
): { shown: readonly T[]; rest: number; showAll: ReactNode } {
  const { t, f } = useWords();
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? rows : rows.slice(0, first);
  const rest = rows.length - shown.length;
  const showAll = rest === 0 ? null : <Button onClick={() => setWhole(true)}>{t.exceptions.showAll(f, rest)}</Button>;
  return { shown, rest, showAll };
}
