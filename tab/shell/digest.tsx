import { Caption1, InfoLabel, makeStyles, tokens } from '@fluentui/react-components';
import { useWords } from '../i18n/words.tsx';
import { CopyButton } from './copy-button.tsx';

const SHORT = 12;

const useStyles = makeStyles({
  line: { display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
  value: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: 'anywhere' },
});

/** The fingerprint of what is shown: its beginning, or `whole` where it is being decided about; always copied whole. */
export function Digest({ digest, whole = false }: { digest: string; whole?: boolean }) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <div className={styles.line}>
      <InfoLabel size="small" info={t.common.digestHint}>
        {t.common.digest}
      </InfoLabel>
      <Caption1 className={styles.value} title={digest}>
        {whole ? digest : `${digest.slice(0, SHORT)}…`}
      </Caption1>
      <CopyButton what={t.common.digest} text={digest} />
    </div>
  );
}
