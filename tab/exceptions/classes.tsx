import { Body1, Button, Caption1, Field, Input, makeStyles, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { type AskOutcome, askOutcomeSchema, type ExceptionClass, exceptionClassesSchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import { AskResult } from '../shell/ask-result.tsx';
import { Name } from '../shell/name.tsx';
import { Section } from '../shell/section.tsx';
import { type Press, usePress } from '../shell/use-press.ts';

const useStyles = makeStyles({
  row: { display: 'flex', flexWrap: 'wrap', alignItems: 'end', gap: tokens.spacingHorizontalM },
});

type Decide = {
  class: ExceptionClass['class'];
  verdict: 'enforce' | 'carveOut';
  reason: string;
  reviewAt: string | null;
  digest: string;
};

/** Guests, rooms and devices, each decided as a whole by the approver, for members who come later too. */
export function Classes({ customerId }: { customerId: string }) {
  const { t } = useWords();
  const { data } = useGet(`/customers/${customerId}/exception-classes`, exceptionClassesSchema);
  const press = usePress<Decide, AskOutcome>(`/customers/${customerId}/exception-classes/decide`, askOutcomeSchema);
  const shown = (data?.classes ?? []).filter(({ state }) => state !== 'empty');
  if (data === undefined || shown.length === 0) return null;
  return (
    <Section title={t.mfa.classesTitle}>
      <Caption1>{t.mfa.classesIntro}</Caption1>
      <AskResult press={press} />
      {shown.map((one) => (
        <ClassRow key={one.class} one={one} press={data.mayDecide ? press : null} />
      ))}
    </Section>
  );
}

function ClassRow({ one, press }: { one: ExceptionClass; press: Press<Decide, AskOutcome> | null }) {
  const styles = useStyles();
  const { t, f } = useWords();
  const [reason, setReason] = useState('');
  const [review, setReview] = useState('');
  const send = (verdict: Decide['verdict']) =>
    press?.press({
      ...{ class: one.class, verdict, reason: reason.trim(), digest: one.digest },
      reviewAt: review === '' ? null : review,
    });
  const isWordless = reason.trim() === '';
  return (
    <div>
      <Body1 as="p">
        {t.exceptions.kindCount(f, one.class, one.count)}: {t.mfa.classState[one.state]}
      </Body1>
      {one.decision === null ? null : (
        <Caption1>
          <Name>{one.decision.reason}</Name>
        </Caption1>
      )}
      {press === null ? null : (
        <div className={styles.row}>
          <Field label={t.exceptions.reason}>
            <Input value={reason} maxLength={300} onChange={(_, { value }) => setReason(value)} />
          </Field>
          <Field label={t.mfa.reviewAt}>
            <Input type="date" value={review} onChange={(_, { value }) => setReview(value)} />
          </Field>
          <Button disabled={press.isSending || isWordless} onClick={() => send('enforce')}>
            {t.mfa.enforce}
          </Button>
          <Button disabled={press.isSending || isWordless || review === ''} onClick={() => send('carveOut')}>
            {t.mfa.carveOut}
          </Button>
        </div>
      )}
    </div>
  );
}
