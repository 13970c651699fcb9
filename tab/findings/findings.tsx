import { makeStyles, tokens } from '@fluentui/react-components';
import type { PageProps } from '../route.ts';
import { FindingList } from './finding-list.tsx';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
});

/** Every client of the customer that cannot answer MFA. */
export function FindingsPage({ customerId, route }: PageProps) {
  const styles = useStyles();
  return (
    <div className={styles.page}>
      <FindingList phase={undefined} customerId={customerId} route={route} />
    </div>
  );
}
