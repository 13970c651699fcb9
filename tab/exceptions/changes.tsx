import { Body1, makeStyles, tokens } from '@fluentui/react-components';
import type { ExceptionReview } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { Name } from '../shell/name.tsx';

const useStyles = makeStyles({
  list: { width: '100%', margin: 0, paddingInlineStart: '1.25em', display: 'grid', gap: tokens.spacingVerticalXXS },
});

export type ChangedRows = NonNullable<Extract<ExceptionReview['signature'], { state: 'outdated' }>['changes']>;

const ORDER = ['added', 'changed', 'removed'] as const;

/** In what the table differs from the one that was signed. */
export function Changes({ changes }: { changes: ChangedRows }) {
  const styles = useStyles();
  const { t, f } = useWords();
  return (
    <ul className={styles.list}>
      {ORDER.filter((kind) => changes[kind].length > 0).map((kind) => (
        <li key={kind}>
          <Body1>
            {t.exceptions.changeCount[kind](f, changes[kind].length)}{' '}
            {changes[kind].map((row, index) => (
              <span key={`${row.kind} ${row.accountId}`}>
                {index === 0 ? '' : ', '}
                <Name>{row.displayName}</Name> ({t.exceptions.kind[row.kind]})
              </span>
            ))}
          </Body1>
        </li>
      ))}
    </ul>
  );
}
