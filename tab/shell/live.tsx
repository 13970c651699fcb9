import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  // The place must be there before something is said in it, but while it is empty it takes no gap of its section.
  place: { ':empty': { marginBottom: `calc(-1 * ${tokens.spacingVerticalM})` } },
});

/** What becomes of a press inside a section: read out as soon as it is there. */
export function Live({ children }: { children: ReactNode }) {
  const styles = useStyles();
  return (
    <div className={styles.place} aria-live="polite">
      {children}
    </div>
  );
}
