import { Button, makeStyles, Tooltip, tokens } from '@fluentui/react-components';
import { CheckmarkRegular, CopyRegular } from '@fluentui/react-icons';
import { useEffect, useState } from 'react';
import { useWords } from '../i18n/words.tsx';

const SHOWN_MS = 2_000;

const useStyles = makeStyles({
  spoken: { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' },
  place: { position: 'relative', color: tokens.colorNeutralForeground1 },
});

type Outcome = 'idle' | 'copied' | 'refused';

/** Copies a text and says so, to eyes and screen readers alike. */
export function CopyButton({ what, text }: { what: string; text: string }) {
  const styles = useStyles();
  const { t } = useWords();
  const [outcome, setOutcome] = useState<Outcome>('idle');
  useEffect(() => {
    if (outcome === 'idle') return undefined;
    const timer = setTimeout(() => setOutcome('idle'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const said = { idle: '', copied: t.common.copied, refused: t.common.copyFailed }[outcome];
  const copy = async () => setOutcome((await copyText(text)) ? 'copied' : 'refused');
  return (
    <span className={styles.place}>
      <Tooltip content={said === '' ? t.common.copy(what) : said} relationship="label">
        <Button
          size="small"
          appearance="subtle"
          icon={outcome === 'copied' ? <CheckmarkRegular /> : <CopyRegular />}
          onClick={() => void copy()}
        />
      </Tooltip>
      <span role="status" className={styles.spoken}>
        {said}
      </span>
    </span>
  );
}

/** The modern way needs a permission that a frame inside Teams may lack; the old command is asked then. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}
