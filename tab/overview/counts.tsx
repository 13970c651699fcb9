import { Caption1, makeStyles, tokens } from '@fluentui/react-components';
import type { Overview } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';

const useStyles = makeStyles({
  list: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(7.5rem, 1fr))',
    gap: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
  },
  // The number comes first for the eye and second in the list, where a term has to stand before its value.
  item: { display: 'flex', flexDirection: 'column-reverse' },
  number: {
    fontSize: tokens.fontSizeHero800,
    lineHeight: tokens.lineHeightHero800,
    fontWeight: tokens.fontWeightSemibold,
  },
  label: { color: tokens.colorNeutralForeground2 },
});

/** The customer, or the manager's own people, in five numbers. */
export function Counts({ counts }: { counts: Overview['counts'] }) {
  const styles = useStyles();
  const { t, f } = useWords();
  const items: [string, number | null][] = [
    [t.overview.people, counts.people],
    [t.overview.capable, counts.capable],
    [t.overview.notCapable, counts.notCapable],
    [t.overview.unknown, counts.unknown],
    [t.overview.exceptions, counts.exceptions],
  ];
  return (
    <dl className={styles.list}>
      {items.map(([label, value]) =>
        value === null ? null : (
          <div key={label} className={styles.item}>
            <dt>
              <Caption1 className={styles.label}>{label}</Caption1>
            </dt>
            <dd className={styles.number}>{f.number(value)}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
