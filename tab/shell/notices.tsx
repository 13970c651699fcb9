/** What a page shows while it has nothing else to show: loading, failed, empty. Each keeps the height of what follows. */
import {
  Body1,
  Button,
  Caption1,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Skeleton,
  SkeletonItem,
  Subtitle1,
  tokens,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { explainError } from '../api/explain-error.ts';
import { useWords } from '../i18n/words.tsx';
import { Name } from './name.tsx';

const useStyles = makeStyles({
  skeleton: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  empty: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'flex-start',
    gap: tokens.spacingVerticalM,
    maxWidth: '40rem',
    padding: `${tokens.spacingVerticalXXL} 0`,
  },
  reference: { color: tokens.colorNeutralForeground2 },
  bar: { flexShrink: 0 },
  title: { display: 'block' },
});

/** Grey bars in the place of `rows` lines of content, read out as "loading". */
export function Loading({ rows = 6 }: { rows?: number }) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <Skeleton className={styles.skeleton} aria-label={t.common.loading}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are alike and never move
        <SkeletonItem key={row} size={24} />
      ))}
    </Skeleton>
  );
}

/** What went wrong in a sentence, what to do next, the number to quote, and a way to try again. */
export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const styles = useStyles();
  const { t } = useWords();
  const { title, text, reference } = explainError(error, t);
  return (
    <MessageBar intent="error" layout="multiline" className={styles.bar}>
      <MessageBarBody>
        <MessageBarTitle className={styles.title}>{title}</MessageBarTitle>
        {text}{' '}
        {reference === null ? null : (
          <Caption1 className={styles.reference}>
            {t.common.reference} <Name>{reference}</Name>
          </Caption1>
        )}
      </MessageBarBody>
      <MessageBarActions>
        <Button onClick={retry}>{t.common.retry}</Button>
      </MessageBarActions>
    </MessageBar>
  );
}

type EmptyProps = {
  title: string;
  text: string;
  /** A page of its own has this as its one heading. */
  isPage?: boolean;
  children?: ReactNode;
};

/** Nothing to show, why, and what to do about it. */
export function Empty({ title, text, isPage = false, children }: EmptyProps) {
  const styles = useStyles();
  return (
    <div className={styles.empty}>
      <Subtitle1 as={isPage ? 'h1' : 'h2'}>{title}</Subtitle1>
      <Body1 as="p">{text}</Body1>
      {children}
    </div>
  );
}
