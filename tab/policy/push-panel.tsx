import {
  Badge,
  Body1,
  Button,
  Caption1,
  MessageBar,
  MessageBarBody,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { useState } from 'react';
import { type PolicyPushAnswer, type PushOutcome, policyPushSchema, pushOutcomeSchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import { Answer } from '../shell/answer.tsx';
import { Confirm, Said } from '../shell/decision-parts.tsx';
import { Live } from '../shell/live.tsx';
import { Failed } from '../shell/notices.tsx';
import { Section } from '../shell/section.tsx';
import { type Press, usePress } from '../shell/use-press.ts';
import { PUSH_WORDS } from './push-words.ts';

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalS, margin: 0, paddingInlineStart: '1.5em' },
  step: { overflowWrap: 'anywhere' },
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalS },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

/** Asked this often while a job works, so that nobody reloads to see how far it is. */
const WATCH_MS = 2_000;
const UNDER_WAY: ReadonlySet<PolicyPushAnswer['state']> = new Set(['asked', 'running', 'undoing']);
const STANDS: ReadonlySet<PolicyPushAnswer['state']> = new Set(['live', 'standing']);

type Asked = { digest: string };
type Nothing = Record<string, never>;

/** An approved draft on its way into the tenant: the plan with its way back, what refuses it, how far it is, and its undo. */
export function PushPanel({ customerId }: { customerId: string }) {
  const { language } = useWords();
  const words = PUSH_WORDS[language];
  const path = `/customers/${customerId}/policy-push`;
  const query = useGet(path, policyPushSchema, (data) => (UNDER_WAY.has(data?.state ?? null) ? WATCH_MS : undefined));
  const push = usePress<Asked, PushOutcome>(path, pushOutcomeSchema);
  const undo = usePress<Nothing, PushOutcome>(`${path}/undo`, pushOutcomeSchema);
  return (
    <Section title={words.title}>
      <Live>
        {push.error === null ? null : <Failed error={push.error} retry={push.clear} />}
        {undo.error === null ? null : <Failed error={undo.error} retry={undo.clear} />}
      </Live>
      <Answer query={query} rows={4}>
        {(data) => <Plan data={data} push={push} undo={undo} />}
      </Answer>
    </Section>
  );
}

type PlanProps = { data: PolicyPushAnswer; push: Press<Asked, PushOutcome>; undo: Press<Nothing, PushOutcome> };

function Plan({ data, push, undo }: PlanProps) {
  const { language } = useWords();
  const words = PUSH_WORDS[language];
  const { steps, refusal, after, isPlan } = data;
  return (
    <>
      <Standing data={data} />
      {after.length === 0 ? null : <After after={after} />}
      {isPlan ? <Body1 as="p">{steps.length === 0 ? words.nothing : words.preview}</Body1> : null}
      <Steps steps={steps} isPlan={isPlan} />
      {isPlan && steps.length > 0 && refusal !== null ? (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>
            <strong>{words.refused(refusal.rule)}</strong> {refusal.message}
          </MessageBarBody>
        </MessageBar>
      ) : null}
      <Buttons data={data} push={push} undo={undo} />
    </>
  );
}

const LOOK: Record<NonNullable<PolicyPushAnswer['state']>, 'info' | 'success' | 'warning' | 'error'> = {
  ...{ asked: 'info', running: 'info', undoing: 'info', live: 'success', undone: 'info' },
  ...{ refused: 'error', compensated: 'error', standing: 'warning' },
};

function Standing({ data }: { data: PolicyPushAnswer }) {
  const { f, language } = useWords();
  const words = PUSH_WORDS[language];
  const { state, steps, failure, askedAt } = data;
  const done = steps.filter((one) => one.state === 'done').length;
  const isCounted = (state === 'asked' || state === 'running') && steps.length > 0;
  return (
    <Live>
      {state === null ? null : (
        <MessageBar intent={LOOK[state]} layout="multiline">
          <MessageBarBody>
            {words.states[state]} {failure?.message ?? ''}
            {isCounted ? ` ${words.progress(f.number(done), f.number(steps.length))}` : ''}
            {askedAt === null ? '' : ` ${words.askedAt(f.instant(askedAt))}`}
          </MessageBarBody>
        </MessageBar>
      )}
    </Live>
  );
}

function After({ after }: Pick<PolicyPushAnswer, 'after'>) {
  const styles = useStyles();
  const { language } = useWords();
  return (
    <>
      <Body1 as="p">{PUSH_WORDS[language].after}</Body1>
      <ul className={styles.list}>
        {after.map(({ code, message }) => (
          <li key={`${code} ${message}`} className={styles.step}>
            {message}
          </li>
        ))}
      </ul>
    </>
  );
}

function Steps({ steps, isPlan }: { steps: PolicyPushAnswer['steps']; isPlan: boolean }) {
  const styles = useStyles();
  const { language } = useWords();
  const words = PUSH_WORDS[language];
  if (steps.length === 0) return null;
  return (
    <ol className={styles.list}>
      {steps.map(({ step, does, undo, state, why }) => (
        <li key={step} className={styles.step}>
          <div className={styles.line}>
            <Body1>{does[language]}</Body1>
            {isPlan ? null : (
              <Badge appearance="tint" shape="rounded" color={state === 'left' ? 'warning' : 'informative'}>
                {words.stepStates[state]}
              </Badge>
            )}
          </div>
          <Caption1 as="p" block>
            {words.wayBack(undo[language])}
          </Caption1>
          {why === null ? null : <Caption1 as="p">{why}</Caption1>}
        </li>
      ))}
    </ol>
  );
}

function Buttons({ data, push, undo }: PlanProps) {
  const styles = useStyles();
  const { f, language } = useWords();
  const words = PUSH_WORDS[language];
  const [isAsking, setAsking] = useState(false);
  const { state, steps, refusal, digest, mayPush, isPlan } = data;
  if (!mayPush) return <Caption1>{words.notYours}</Caption1>;
  if (UNDER_WAY.has(state)) return null;
  const isSending = push.isSending || undo.isSending;
  const stands = STANDS.has(state);
  return (
    <div className={styles.buttons}>
      {isPlan && steps.length > 0 ? (
        <Button
          appearance="primary"
          disabled={isSending || refusal !== null}
          onClick={() => {
            undo.clear();
            push.press({ digest });
          }}
        >
          {words.push(f, steps.length)}
        </Button>
      ) : null}
      {stands ? (
        <Button disabled={isSending} onClick={() => setAsking(true)}>
          {words.undo}
        </Button>
      ) : null}
      <Confirm
        isOpen={isAsking}
        title={words.undoTitle}
        confirmLabel={words.undo}
        digest={null}
        isSending={undo.isSending}
        close={() => setAsking(false)}
        confirm={() => {
          push.clear();
          undo.press({});
          setAsking(false);
        }}
      >
        <Said>{words.undoText}</Said>
      </Confirm>
    </div>
  );
}
