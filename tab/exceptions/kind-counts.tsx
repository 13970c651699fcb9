import { Badge, makeStyles, tokens } from '@fluentui/react-components';
import { type ExceptionReview, exceptionRowSchema } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';

const useStyles = makeStyles({
  list: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, listStyleType: 'none', padding: 0 },
});

/** How many exceptions there are of each kind, and in all. */
export function KindCounts({ counts }: { counts: ExceptionReview['counts'] }) {
  const styles = useStyles();
  const { t, f } = useWords();
  const kinds = exceptionRowSchema.shape.kind.options;
  return (
    <ul className={styles.list}>
      <li>
        <Badge size="large" appearance="filled" shape="rounded" color="brand">
          {t.exceptions.total(f, counts.total)}
        </Badge>
      </li>
      {kinds.map((kind) => {
        const count = counts.byKind[kind] ?? 0;
        return count === 0 ? null : (
          <li key={kind}>
            <Badge size="large" appearance="outline" shape="rounded" color="informative">
              {t.exceptions.kindCount(f, kind, count)}
            </Badge>
          </li>
        );
      })}
    </ul>
  );
}
