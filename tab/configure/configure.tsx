import { Body1, makeStyles, Subtitle1, tokens } from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import { offerTab } from '../host/configure.ts';
import { sayReady } from '../host/connect.ts';
import { useWords } from '../i18n/words.tsx';

const useStyles = makeStyles({
  page: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalM,
    maxWidth: '40rem',
    padding: `${tokens.spacingVerticalXL} ${tokens.spacingHorizontalXL}`,
  },
  list: { margin: 0, paddingInlineStart: '1.25em', display: 'grid', gap: tokens.spacingVerticalXS },
});

/** What Teams shows to somebody who adds the tab to a channel: what it will show, and that Save adds it. */
export function Configure() {
  const styles = useStyles();
  const { t } = useWords();
  const [isOffered, setOffered] = useState(true);
  useEffect(() => {
    setOffered(offerTab(t.app.title));
    sayReady();
  }, [t]);
  return (
    <main className={styles.page}>
      <Subtitle1 as="h1">{t.configure.title}</Subtitle1>
      <ul className={styles.list}>
        {t.configure.points.map((point) => (
          <li key={point}>
            <Body1>{point}</Body1>
          </li>
        ))}
      </ul>
      <Body1 as="p" role="status">
        {isOffered ? t.configure.save : t.configure.elsewhere}
      </Body1>
    </main>
  );
}
