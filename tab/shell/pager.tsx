import { Button, Caption1, makeStyles, tokens } from '@fluentui/react-components';
import { useWords } from '../i18n/words.tsx';

const useStyles = makeStyles({
  bar: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
});

type Props = { offset: number; shown: number; total: number; limit: number; go: (offset: number) => void };

/** Leads through the pages of a list; nothing where there is only one. */
export function Pager({ offset, shown, total, limit, go }: Props) {
  const styles = useStyles();
  const { t, f } = useWords();
  if (total <= limit && offset === 0) return null;
  return (
    <div className={styles.bar}>
      <Button size="small" disabled={offset === 0} onClick={() => go(Math.max(0, offset - limit))}>
        {t.common.previous}
      </Button>
      <Button size="small" disabled={offset + shown >= total} onClick={() => go(offset + limit)}>
        {t.common.following}
      </Button>
      <Caption1 role="status">
        {t.common.pageOf(f.number(Math.min(total, offset + 1)), f.number(offset + shown), f.number(total))}
      </Caption1>
    </div>
  );
}
