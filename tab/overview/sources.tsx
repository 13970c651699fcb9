import { Badge, Body1, Button, Caption1, makeStyles, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import type { Source } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { Section } from '../shell/section.tsx';
import { useNow } from '../shell/use-now.ts';

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalM, listStyleType: 'none', padding: 0 },
  item: { display: 'grid', gap: tokens.spacingVerticalXXS },
  line: { display: 'flex', justifyContent: 'space-between', alignItems: 'baseline', gap: tokens.spacingHorizontalM },
  quiet: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
});

/** Which source was read when; those that are old or missing come first, with the reason. */
export function Sources({ sources }: { sources: readonly Source[] }) {
  const { t, f } = useWords();
  const [isWhole, setWhole] = useState(false);
  const old = sources.filter((one) => !one.ok);
  const shown = isWhole ? [...old, ...sources.filter((one) => one.ok)] : old;
  return (
    <Section title={t.overview.sourcesTitle}>
      <Body1>{old.length === 0 ? t.overview.allFresh : t.overview.staleNote(f, old.length)}</Body1>
      {shown.length === 0 ? null : <SourceList sources={shown} />}
      {old.length === sources.length ? null : (
        <div>
          <Button size="small" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? t.overview.hideSources : t.overview.showSources}
          </Button>
        </div>
      )}
    </Section>
  );
}

/** Sources one under the other, each with its state, its time and the reason where it could not be read. */
export function SourceList({ sources }: { sources: readonly Source[] }) {
  const styles = useStyles();
  const { t, f } = useWords();
  const now = useNow();
  return (
    <ul className={styles.list}>
      {sources.map((one) => (
        <li key={one.source} className={styles.item}>
          <div className={styles.line}>
            <Body1>{t.overview.source[one.source] ?? one.source}</Body1>
            <SourceBadge source={one} />
          </div>
          <Caption1 className={styles.quiet} title={one.readAt === null ? undefined : f.instant(one.readAt)}>
            {one.readAt === null
              ? t.overview.neverRead
              : (one.ok ? t.overview.read : t.overview.staleRead)(f.ago(one.readAt, now))}
          </Caption1>
          {one.why === undefined ? null : <Caption1 className={styles.quiet}>{one.why}</Caption1>}
        </li>
      ))}
    </ul>
  );
}

function SourceBadge({ source }: { source: Source }) {
  const { t } = useWords();
  if (source.ok) {
    return (
      <Badge appearance="tint" color="success" shape="rounded">
        {t.overview.fresh}
      </Badge>
    );
  }
  return (
    <Badge appearance="tint" color="warning" shape="rounded">
      {source.readAt === null ? t.overview.missing : t.overview.stale}
    </Badge>
  );
}
