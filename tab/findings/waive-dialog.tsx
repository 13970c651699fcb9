import { Body1, Button, Field, Input, Textarea } from '@fluentui/react-components';
import { useState } from 'react';
import type { Finding } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { DialogFrame } from '../shell/dialog-frame.tsx';

export type Waiver = { key: string; until: string; why: string };

type Props = { finding: Finding; close: () => void; sign: (waiver: Omit<Waiver, 'key'>) => void };

/** Asks for the day and the reason of a waiver. */
export function WaiveDialog({ finding, close, sign }: Props) {
  const { t } = useWords();
  const [until, setUntil] = useState('');
  const [why, setWhy] = useState('');
  const action = (
    <Button
      appearance="primary"
      disabled={until === '' || why.trim() === ''}
      onClick={() => sign({ until, why: why.trim() })}
    >
      {t.findings.sign}
    </Button>
  );
  return (
    <DialogFrame isOpen title={t.findings.waiveTitle} close={close} action={action}>
      <Body1>{t.findings.client(finding.appName, finding.protocol)}</Body1>
      <Body1>{t.findings.waiveText}</Body1>
      <Field label={t.findings.until} required>
        <Input type="date" value={until} onChange={(_, { value }) => setUntil(value)} />
      </Field>
      <Field label={t.findings.why} required>
        <Textarea value={why} maxLength={500} onChange={(_, { value }) => setWhy(value)} />
      </Field>
    </DialogFrame>
  );
}
