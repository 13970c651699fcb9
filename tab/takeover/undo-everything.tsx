import { Body1, Button, Caption1, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import type { TakeoverAnswer, TakeoverOutcome } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { Confirm } from '../shell/decision-parts.tsx';
import { Section } from '../shell/section.tsx';
import type { Press } from '../shell/use-press.ts';
import { TAKEOVER_WORDS } from './words.ts';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  list: { display: 'grid', gap: tokens.spacingVerticalS, margin: 0, paddingInlineStart: '1.25em' },
  item: { overflowWrap: 'anywhere' },
});

type Everything = NonNullable<TakeoverAnswer['everything']>;
type Props = { everything: Everything; press: Press<Record<string, never>, TakeoverOutcome> };

/** The way back from everything: how the last one stands, and a button that says what will happen before it does. */
export function UndoEverything({ everything, press }: Props) {
  const styles = useStyles();
  const { language } = useWords();
  const [isOpen, setOpen] = useState(false);
  const words = TAKEOVER_WORDS[language];
  const { does, last } = everything;
  const isUnderWay = last?.state === 'begun';
  return (
    <Section title={words.everythingHead}>
      <div className={styles.content}>
        <Body1 as="p">{words.everythingIntro}</Body1>
        {last === null ? null : <Last last={last} />}
        {does.length === 0 ? null : (
          <div>
            <Button disabled={press.isSending || isUnderWay} onClick={() => setOpen(true)}>
              {words.everything}
            </Button>
          </div>
        )}
      </div>
      <Confirm
        isOpen={isOpen}
        title={words.everythingTitle}
        confirmLabel={words.everythingYes}
        digest={null}
        isSending={press.isSending}
        close={() => setOpen(false)}
        confirm={() => {
          setOpen(false);
          press.press({});
        }}
      >
        <ul className={styles.list}>
          {does.map((one) => (
            <li key={one.en} className={styles.item}>
              <Body1>{one[language]}</Body1>
            </li>
          ))}
        </ul>
      </Confirm>
    </Section>
  );
}

function Last({ last }: { last: NonNullable<Everything['last']> }) {
  const styles = useStyles();
  const { language, f } = useWords();
  return (
    <MessageBar intent={last.state === 'standing' ? 'warning' : 'info'} layout="multiline">
      <MessageBarBody className={styles.item}>
        {`${last.text[language]} (${f.instant(last.at)})`}
        {last.left.map(({ step, why }) => (
          <Caption1 as="p" block key={step}>{`${step}: ${why}`}</Caption1>
        ))}
      </MessageBarBody>
    </MessageBar>
  );
}
