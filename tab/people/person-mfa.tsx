import {
  Body1,
  Button,
  Caption1,
  Field,
  Input,
  makeStyles,
  Subtitle2,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { useState } from 'react';
import {
  type AskOutcome,
  askOutcomeSchema,
  type Evaluated,
  type PersonMfa,
  personMfaSchema,
} from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import { Answer } from '../shell/answer.tsx';
import { AskResult } from '../shell/ask-result.tsx';
import { usePress } from '../shell/use-press.ts';

const useStyles = makeStyles({
  part: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

type Props = { customerId: string; accountId: string };

/** One person's MFA as the evaluator finds it, what was switched and asked for, and on and off with what they mean. */
export function PersonMfaPart({ customerId, accountId }: Props) {
  const styles = useStyles();
  const { t } = useWords();
  const path = `/customers/${customerId}/people/${encodeURIComponent(accountId)}`;
  const mfa = useGet(`${path}/mfa`, personMfaSchema);
  return (
    <section className={styles.part}>
      <Subtitle2 as="h3">{t.mfa.title}</Subtitle2>
      <Answer query={mfa} rows={3}>
        {(person) => <Mfa person={person} path={path} />}
      </Answer>
    </section>
  );
}

function Mfa({ person, path }: { person: PersonMfa; path: string }) {
  const { t, f, language } = useWords();
  const { latest } = person;
  return (
    <>
      <Status status={person.evaluated} />
      {person.newcomer === null ? null : <Body1>{person.newcomer[language]}</Body1>}
      {latest === null ? null : <Caption1>{t.mfa.last[latest.kind][latest.state](f.instant(latest.at))}</Caption1>}
      {latest?.before == null || latest.after === null ? null : (
        <Caption1>
          {t.mfa.beforeAfter(t.mfa.covered[latest.before.covered], t.mfa.covered[latest.after.covered])}
        </Caption1>
      )}
      {latest?.refusal == null ? null : <Body1>{latest.refusal.message[language]}</Body1>}
      {person.requests.map((one) => (
        <Caption1 key={one.id}>
          {t.mfa.request(t.exceptions.kind[one.kind], f.day(one.until), t.mfa.standing[one.standing])}
        </Caption1>
      ))}
      <Switches person={person} path={path} />
      <AskOff path={path} />
    </>
  );
}

function Status({ status }: { status: Evaluated | null }) {
  const { t, f } = useWords();
  if (status === null) return <Body1>{t.mfa.covered.unknown}</Body1>;
  const by = status.by.map(({ name }) => `\u2068${name}\u2069`).join(', ');
  return (
    <>
      <Body1>{t.mfa.covered[status.covered]}</Body1>
      <Caption1>{[by, t.mfa.readAt(f.instant(status.at))].filter((text) => text !== '').join(' · ')}</Caption1>
    </>
  );
}

function Switches({ person, path }: { person: PersonMfa; path: string }) {
  const styles = useStyles();
  const { t } = useWords();
  const press = usePress<{ kind: 'on' | 'back'; anyway: boolean }, AskOutcome>(`${path}/mfa`, askOutcomeSchema);
  const code = person.latest?.refusal?.code;
  const isStuck = code === 'not_registered' || code === 'methods_unknown';
  if (!person.maySwitch) return null;
  return (
    <>
      <Caption1>{t.mfa.onMeans}</Caption1>
      <div className={styles.actions}>
        {person.isDirect ? null : (
          <Button disabled={press.isSending} onClick={() => press.press({ kind: 'on', anyway: false })}>
            {t.mfa.on}
          </Button>
        )}
        {isStuck && person.maySign ? (
          <Button disabled={press.isSending} onClick={() => press.press({ kind: 'on', anyway: true })}>
            {t.mfa.anyway}
          </Button>
        ) : null}
        {person.isOurs ? (
          <Button disabled={press.isSending} onClick={() => press.press({ kind: 'back', anyway: false })}>
            {t.mfa.back}
          </Button>
        ) : null}
      </div>
      <AskResult press={press} />
    </>
  );
}

function AskOff({ path }: { path: string }) {
  const { t } = useWords();
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const press = usePress<{ kind: 'mfaOff'; until: string; reason: string }, AskOutcome>(
    `${path}/request`,
    askOutcomeSchema,
  );
  return (
    <>
      <Caption1>{t.mfa.offMeans}</Caption1>
      <Field label={t.mfa.until}>
        <Input type="date" value={until} onChange={(_, { value }) => setUntil(value)} />
      </Field>
      <Field label={t.mfa.reason}>
        <Textarea value={reason} maxLength={300} onChange={(_, { value }) => setReason(value)} />
      </Field>
      <Button
        disabled={press.isSending || until === '' || reason.trim() === ''}
        onClick={() => press.press({ kind: 'mfaOff', until, reason: reason.trim() })}
      >
        {t.mfa.off}
      </Button>
      <AskResult press={press} />
    </>
  );
}
