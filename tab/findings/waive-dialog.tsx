import {
  Body1,
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  makeStyles,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { useState } from 'react';
import type { Finding } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
});

export type Waiver = { key: string; until: string; why: string };

type Props = { finding: Finding; close: () => void; sign: (waiver: Omit<Waiver, 'key'>) => void };

/** Asks for the day and the reason of a waiver. */
export function WaiveDialog({ finding, close, sign }: Props) {
  const styles = useStyles();
  const { t } = useWords();
  const [until, setUntil] = useState('');
  const [why, setWhy] = useState('');
  return (
    <Dialog open onOpenChange={(_, { open }) => (open ? undefined : close())}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t.findings.waiveTitle}</DialogTitle>
          <DialogContent className={styles.content}>
            <Body1>{t.findings.client(finding.appName, finding.protocol)}</Body1>
            <Body1>{t.findings.waiveText}</Body1>
            <Field label={t.findings.until} required>
              <Input type="date" value={until} onChange={(_, { value }) => setUntil(value)} />
            </Field>
            <Field label={t.findings.why} required>
              <Textarea value={why} maxLength={500} onChange={(_, { value }) => setWhy(value)} />
            </Field>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={close}>{t.common.cancel}</Button>
            <Button
              appearance="primary"
              disabled={until === '' || why.trim() === ''}
              onClick={() => sign({ until, why: why.trim() })}
            >
              {t.findings.sign}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
