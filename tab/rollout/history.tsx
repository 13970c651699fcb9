import { Body1, Caption1, Link, makeStyles, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { type HistoryRow, historySchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import { Answer } from '../shell/answer.tsx';
import { Section } from '../shell/section.tsx';

const SHOWN = 6;

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalS, listStyleType: 'none', padding: 0, margin: 0 },
  row: { display: 'grid', gap: tokens.spacingVerticalXXS, overflowWrap: 'anywhere' },
  quiet: { color: tokens.colorNeutralForeground2 },
  more: { justifySelf: 'start' },
});

/** What was decided and done, the newest first: who, when and why. */
export function History({ customerId }: { customerId: string }) {
  const styles = useStyles();
  const { t, f } = useWords();
  const [isWhole, setWhole] = useState(false);
  const history = useGet(`/customers/${customerId}/rollout/history`, historySchema);
  return (
    <Section title={t.rollout.history.title}>
      <Answer query={history} rows={4}>
        {({ rows }) => (
          <>
            {rows.length === 0 ? <Body1>{t.rollout.history.none}</Body1> : null}
            <ol className={styles.list}>
              {(isWhole ? rows : rows.slice(0, SHOWN)).map((row) => (
                <Row key={row.seq} row={row} />
              ))}
            </ol>
            {isWhole || rows.length <= SHOWN ? null : (
              <Link as="button" className={styles.more} onClick={() => setWhole(true)}>
                {t.rollout.history.more(f, rows.length - SHOWN)}
              </Link>
            )}
          </>
        )}
      </Answer>
    </Section>
  );
}

function Row({ row }: { row: HistoryRow }) {
  const styles = useStyles();
  const { t, f, language } = useWords();
  const { kind, phase, by, at, why } = row;
  const words = t.rollout.history;
  // Names stand inside plain text, so each is isolated: one of another script would turn the sentence round.
  const what = words.kind[kind](phase === null ? '' : `\u2068${phase}\u2069`);
  return (
    <li className={styles.row}>
      <Body1>{what}</Body1>
      <Caption1 className={styles.quiet}>
        {by === null ? words.byProduct(f.instant(at)) : words.by(`\u2068${by}\u2069`, f.instant(at))}
        {why === null ? '' : ` ${why[language]}`}
      </Caption1>
    </li>
  );
}
