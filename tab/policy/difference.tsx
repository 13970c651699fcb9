import { Badge, Body1, Caption1, makeStyles, tokens } from '@fluentui/react-components';
import type { DraftChanges, PolicyDifference } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { useFirstRows } from '../shell/first-rows.tsx';
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
  const { t } = useWords();
  const items = difference.map(({ live, draft, ...one }) => ({ ...one, before: live, after: draft }));
  return (
    <Section title={t.policy.differenceTitle}>
      {items.length === 0 ? <Body1 as="p">{t.policy.differenceNone}</Body1> : null}
      <DifferenceList items={items} labels={{ before: t.policy.live, after: t.policy.draft }} />
    </Section>
  );
}

type Item = DraftChanges['policies'][number];
type Labels = { before: string; after: string };

/** Differing values of policies, the first of them until somebody wants all; nothing when there are none. */
export function DifferenceList({ items, labels }: { items: readonly Item[]; labels: Labels }) {
  const styles = useStyles();
  const { t } = useWords();
  const { shown, showAll } = useFirstRows(items, SHOWN_FIRST);
  if (items.length === 0) return null;
  return (
    <>
      <ul className={styles.list}>
        {shown.map((one) => (
          <li key={`${one.policy} ${one.path}`} className={styles.item}>
            <div className={styles.line}>
              <Badge appearance="outline" shape="rounded" color="informative">
                {t.policy.change[one.change]}
              </Badge>
              <Body1>{one.words}</Body1>
            </div>
            {one.path === '' ? null : <Values item={one} labels={labels} />}
          </li>
        ))}
      </ul>
      {showAll === null ? null : <div>{showAll}</div>}
    </>
  );
}

function Values({ item, labels }: { item: Item; labels: Labels }) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <>
      <Caption1 className={styles.code}>
        {item.policy}: {item.path}
      </Caption1>
      <dl className={styles.values}>
        <dt>
          <Caption1>{labels.before}</Caption1>
        </dt>
        <dd>
          <Caption1 className={styles.code}>{item.before ?? t.common.none}</Caption1>
        </dd>
        <dt>
          <Caption1>{labels.after}</Caption1>
        </dt>
        <dd>
          <Caption1 className={styles.code}>{item.after ?? t.common.none}</Caption1>
        </dd>
      </dl>
    </>
  );
}
