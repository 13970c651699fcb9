import { Body1, Button, Field, Input, Radio, RadioGroup, Text } from '@fluentui/react-components';
import { useState } from 'react';
import { type PassOutcome, type PassRequestBody, passOutcomeSchema } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { DialogFrame } from '../shell/dialog-frame.tsx';
import { Name } from '../shell/name.tsx';
import { usePress } from '../shell/use-press.ts';

const PROOFS = ['callback', 'inPerson', 'videoWithId'] as const;

type Props = { customerId: string; accountId: string; name: string; isEngineer: boolean; close: () => void };

/** Asks how the identity was proved, issues the pass and shows it this once: closing the dialog forgets it. */
export function PassDialog({ customerId, accountId, name, isEngineer, close }: Props) {
  const { t, f, language } = useWords();
  const [proof, setProof] = useState('');
  const [note, setNote] = useState('');
  const [override, setOverride] = useState('');
  const { press, isSending, outcome, error } = usePress<PassRequestBody, PassOutcome>(
    `/customers/${customerId}/helpdesk/pass`,
    passOutcomeSchema,
  );
  const ask = () =>
    press({ accountId, proof, ...(note === '' ? {} : { note }), ...(override === '' ? {} : { override }) });
  const isIssued = outcome?.outcome === 'issued';
  const action = isIssued ? null : (
    <Button appearance="primary" disabled={proof === '' || isSending} onClick={ask}>
      {t.helpdesk.issue}
    </Button>
  );
  return (
    <DialogFrame
      {...{ isOpen: true, title: t.helpdesk.passTitle, close, action }}
      closeLabel={isIssued ? t.common.close : t.common.cancel}
    >
      <Name>{name}</Name>
      {isIssued ? (
        <>
          <Body1>{t.helpdesk.shownOnce}</Body1>
          <Text size={700} font="monospace">
            {outcome.secret}
          </Text>
          <Body1>{t.helpdesk.passUntil(f.instant(outcome.expiresAt))}</Body1>
        </>
      ) : (
        <>
          <Field label={t.helpdesk.proof} required>
            <RadioGroup value={proof} onChange={(_, { value }) => setProof(value)}>
              {PROOFS.map((kind) => (
                <Radio key={kind} value={kind} label={t.helpdesk.proofs[kind]} />
              ))}
            </RadioGroup>
          </Field>
          <Field label={t.helpdesk.note}>
            <Input value={note} maxLength={500} onChange={(_, { value }) => setNote(value)} />
          </Field>
          {isEngineer ? (
            <Field label={t.helpdesk.override}>
              <Input value={override} maxLength={500} onChange={(_, { value }) => setOverride(value)} />
            </Field>
          ) : null}
          {outcome?.outcome === 'refused' ? <Body1 role="alert">{outcome.message[language]}</Body1> : null}
          {error === null ? null : <Body1 role="alert">{t.helpdesk.failed}</Body1>}
        </>
      )}
    </DialogFrame>
  );
}
