import { Body1, Button, Caption1, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import {
  type TakeoverAnswer,
  type TakeoverDecideRequest,
  type TakeoverOutcome,
  takeoverOutcomeSchema,
  takeoverSchema,
} from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import type { PageProps } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { Failed } from '../shell/notices.tsx';
import { Section } from '../shell/section.tsx';
import { type Press, usePress } from '../shell/use-press.ts';
import { UndoEverything } from './undo-everything.tsx';
import { TAKEOVER_WORDS } from './words.ts';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  list: { display: 'grid', gap: tokens.spacingVerticalM, margin: 0, paddingInlineStart: '1.25em' },
  item: { overflowWrap: 'anywhere' },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

/** The taking out of old MFA: what has to stand first, the steps with their way back, and the presses. */
export function TakeoverPage({ customerId }: PageProps) {
  const styles = useStyles();
  const path = `/customers/${customerId}/takeover`;
  const query = useGet(path, takeoverSchema);
  const decide = usePress<TakeoverDecideRequest, TakeoverOutcome>(`${path}/decide`, takeoverOutcomeSchema);
  const undo = usePress<Record<string, never>, TakeoverOutcome>(`${path}/undo`, takeoverOutcomeSchema);
  const everything = usePress<Record<string, never>, TakeoverOutcome>(`${path}/undo-everything`, takeoverOutcomeSchema);
  return (
    <div className={styles.page}>
      <Ended press={decide} />
      <Ended press={undo} />
      <Ended press={everything} />
      <Answer query={query} rows={8}>
        {(data) => (
          <>
            <Plan data={data} decide={decide} undo={undo} />
            {data.everything === undefined ? null : <UndoEverything everything={data.everything} press={everything} />}
          </>
        )}
      </Answer>
    </div>
  );
}

function Ended<B>({ press }: { press: Press<B, TakeoverOutcome> }) {
  const { language } = useWords();
  if (press.error !== null && press.error !== undefined) return <Failed error={press.error} retry={press.clear} />;
  if (press.outcome === null) return null;
  return (
    <MessageBar intent={press.outcome.outcome === 'recorded' ? 'success' : 'info'} layout="multiline">
      <MessageBarBody>{press.outcome.text?.[language] ?? TAKEOVER_WORDS[language].recorded}</MessageBarBody>
    </MessageBar>
  );
}

type PlanProps = {
  data: TakeoverAnswer;
  decide: Press<TakeoverDecideRequest, TakeoverOutcome>;
  undo: Press<Record<string, never>, TakeoverOutcome>;
};

function Plan({ data, decide, undo }: PlanProps) {
  const { language } = useWords();
  const words = TAKEOVER_WORDS[language];
  return (
    <>
      <Standing data={data} decide={decide} undo={undo} />
      <Listed
        title={words.first}
        rows={data.first.map(({ code, message, clear }) => ({
          key: code,
          text: message[language],
          more: [clear[language]],
        }))}
      />
      <Listed title={words.steps} rows={data.steps.map((step) => stepRow(step, language))} isOrdered />
      <Listed
        title={words.left}
        rows={data.left.map(({ policyId, name, reasons, uncovered }) => ({
          ...{ key: policyId, text: name },
          more: [...reasons.map((reason) => reason[language]), ...named(words.uncovered, uncovered)],
        }))}
      />
      <Listed
        title={words.kept}
        rows={data.kept.map(({ name, why }) => ({ key: name, text: name, more: [why[language]] }))}
      />
    </>
  );
}

function named(label: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${label}: ${names.join(', ')}`];
}

function stepRow(step: TakeoverAnswer['steps'][number], language: 'en' | 'de') {
  const words = TAKEOVER_WORDS[language];
  const { methods, why } = step;
  return {
    key: step.step,
    text: step.state === 'planned' ? step.does[language] : `${step.does[language]} (${words.states[step.state]})`,
    more: [
      `${words.wayBack}: ${step.undo[language]}`,
      ...(why === null ? [] : [why]),
      ...(methods === null ? [] : [words.methods(methods.before, methods.after)]),
      ...named(words.signedAway, step.signedAway),
      ...(step.people.length === 0 ? [] : [step.people.join(', ')]),
    ],
  };
}

type Row = { key: string; text: string; more: string[] };

function Listed({ title, rows, isOrdered = false }: { title: string; rows: readonly Row[]; isOrdered?: boolean }) {
  const styles = useStyles();
  const List = isOrdered ? 'ol' : 'ul';
  if (rows.length === 0) return null;
  return (
    <Section title={title}>
      <List className={styles.list}>
        {rows.map(({ key, text, more }) => (
          <li key={key} className={styles.item}>
            <Body1>{text}</Body1>
            {more.map((line) => (
              <Caption1 as="p" block key={line}>
                {line}
              </Caption1>
            ))}
          </li>
        ))}
      </List>
    </Section>
  );
}

function Standing({ data, decide, undo }: PlanProps) {
  const styles = useStyles();
  const { language, f } = useWords();
  const words = TAKEOVER_WORDS[language];
  const { state, digest, approvals, missing, overRails, failure } = data;
  const stands = state !== null && state !== 'undoing' && state !== 'undone';
  return (
    <Section title={words.title}>
      <Body1 as="p">{words.intro}</Body1>
      {state === null ? null : <Body1 as="p">{words.stands[state]}</Body1>}
      {data.steps.length === 0 ? <Body1 as="p">{words.nothing}</Body1> : null}
      {overRails && state === null ? <Body1 as="p">{words.overRails}</Body1> : null}
      {failure === null ? null : (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>{failure}</MessageBarBody>
        </MessageBar>
      )}
      {approvals.map(({ name, at }) => (
        <Caption1 as="p" block key={name}>{`${words.approvedBy} ${name}, ${f.instant(at)}`}</Caption1>
      ))}
      {digest === null || missing.length === 0 ? null : (
        <Caption1 as="p" block>{`${words.missing}: ${missing.map((side) => words.sides[side]).join(', ')}`}</Caption1>
      )}
      <div className={styles.buttons}>
        {state === null && digest !== null ? (
          <Button
            appearance="primary"
            disabled={decide.isSending}
            onClick={() => decide.press({ digest, verdict: 'approve' })}
          >
            {words.approve}
          </Button>
        ) : null}
        {stands ? (
          <Button disabled={undo.isSending} onClick={() => undo.press({})}>
            {words.undo}
          </Button>
        ) : null}
      </div>
    </Section>
  );
}
