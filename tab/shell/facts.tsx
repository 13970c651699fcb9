import { Caption1, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  list: {
    display: 'grid',
    gridTemplateColumns: 'minmax(7rem, max-content) minmax(0, 1fr)',
    columnGap: tokens.spacingHorizontalL,
    rowGap: tokens.spacingVerticalS,
    alignItems: 'baseline',
    '@media (max-width: 400px)': { gridTemplateColumns: 'minmax(0, 1fr)', rowGap: tokens.spacingVerticalXXS },
  },
  label: { color: tokens.colorNeutralForeground2 },

  value: { overflowWrap: 'anywhere' },
});

/** Labels with their values. */
export function FactList({ children }: { children: ReactNode }) {
  return <dl className={useStyles().list}>{children}</dl>;
}

/** One label with its value; to stand in a `FactList`. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  const styles = useStyles();
  return (
    <>
      <dt>
        <Caption1 className={styles.label}>{label}</Caption1>
      </dt>
      <dd className={styles.value}>{children}</dd>
    </>
  );
}
