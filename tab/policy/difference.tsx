import { Badge, Body1, Button, Caption1, makeStyles, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import type { PolicyDifference } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { Section } from '../shell/section.tsx';

const SHOWN_FIRST = 15;

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalM, listStyleType: 'none', padding: 0 },
  item: { display: 'grid', gap: tokens.spacingVerticalXXS },
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', columnGap: tokens.spacingHorizontalS },
  code: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: 'anywhere', color: tokens.colorNeutralForeground2 },
  values: { display: 'grid', gridTemplateColumns: 'max-content minmax(0, 1fr)', columnGap: tokens.spacingHorizontalM },
});

/** In what the draft differs from what is live, in words, with the place and both values for whoever wants them. */
export function Difference({ difference }: { difference: readonly PolicyDifference[] }) {
  const styles = useStyles();
  const { t, f } = useWords();
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? difference : difference.slice(0, SHOWN_FIRST);
  const rest = difference.length - shown.length;
  return (
    <Section title={t.policy.differenceTitle}>
      {difference.length === 0 ? <Body1 as="p">{t.policy.differenceNone}</Body1> : null}
      <ul className={styles.list}>
        {shown.map((one) => (
          <li key={`${one.policy} ${one.path}`} className={styles.item}>
            <div className={styles.line}>
              <Badge appearance="outline" shape="rounded" color="informative">
                {t.policy.change[one.change]}
              </Badge>
              <Body1>{one.words}</Body1>
            </div>
            {one.path === '' ? null : <Values difference={one} />}
          </li>
        ))}
      </ul>
      {rest === 0 ? null : (
        <div>
          <Button onClick={() => setWhole(true)}>{t.exceptions.showAll(f, rest)}</Button>
        </div>
      )}
    </Section>
  );
}

function Values({ difference }: { difference: PolicyDifference }) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <>
      <Caption1 className={styles.code}>
        {difference.policy}: {difference.path}
      </Caption1>
      <dl className={styles.values}>
        <dt>
          <Caption1>{t.policy.live}</Caption1>
        </dt>
        <dd>
          <Caption1 className={styles.code}>{difference.live ?? t.common.none}</Caption1>
        </dd>
        <dt>
          <Caption1>{t.policy.draft}</Caption1>
        </dt>
        <dd>
          <Caption1 className={styles.code}>{difference.draft ?? t.common.none}</Caption1>
        </dd>
      </dl>
    </>
  );
}
