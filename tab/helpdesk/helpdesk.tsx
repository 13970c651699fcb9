import {
  Body1,
  Button,
  Caption1,
  Link,
  MessageBar,
  MessageBarBody,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import { useState } from 'react';
import {
  type HelpAnswer,
  type HelpPersonRequest,
  helpSchema,
  type SessionsOutcome,
  sessionsOutcomeSchema,
} from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import { goTo, type PageProps, type Route } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { Name } from '../shell/name.tsx';
import { Section } from '../shell/section.tsx';
import { usePress } from '../shell/use-press.ts';
import { PassDialog } from './pass-dialog.tsx';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  list: { display: 'grid', gap: tokens.spacingVerticalL, listStyleType: 'none', padding: 0, margin: 0 },
  item: { display: 'grid', gap: tokens.spacingVerticalXS, minWidth: 0, overflowWrap: 'anywhere' },
  person: {
    paddingBottom: tokens.spacingVerticalL,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    ':last-child': { borderBottomStyle: 'none', paddingBottom: 0 },
  },
  name: { justifySelf: 'start', textAlign: 'start', fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground2 },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

type Person = HelpAnswer['people'][number];

/** Who is stuck in the running phases and why, with the next step, and the pass to help with. */
export function HelpdeskPage({ customerId, route }: PageProps) {
  const styles = useStyles();
  const { t } = useWords();
  const help = useGet(`/customers/${customerId}/helpdesk`, helpSchema);
  const [helped, setHelped] = useState<Person | null>(null);
  return (
    <div className={styles.page}>
      <Section title={t.helpdesk.title}>
        <Answer query={help} rows={4}>
          {(data) => (
            <>
              {data.mayIssue && !data.isPassEnabled ? <Body1>{t.helpdesk.passOff}</Body1> : null}
              {data.people.length === 0 ? <Body1>{t.helpdesk.none}</Body1> : null}
              <ul className={styles.list}>
                {data.people.map((person) => (
                  <Stuck
                    key={person.accountId}
                    {...{ person, data, route, customerId }}
                    help={() => setHelped(person)}
                  />
                ))}
              </ul>
              {helped === null ? null : (
                <PassDialog
                  {...{ customerId, isEngineer: data.isEngineer, name: helped.name, accountId: helped.accountId }}
                  close={() => setHelped(null)}
                />
              )}
            </>
          )}
        </Answer>
      </Section>
    </div>
  );
}

type StuckProps = { person: Person; data: HelpAnswer; route: Route; customerId: string; help: () => void };

function Stuck({ person, data, route, customerId, help }: StuckProps) {
  const styles = useStyles();
  const { t, f, language } = useWords();
  const path = `/customers/${customerId}/helpdesk`;
  const withdrawal = usePress<HelpPersonRequest, SessionsOutcome>(`${path}/pass/withdraw`, sessionsOutcomeSchema);
  const sessions = usePress<HelpPersonRequest, SessionsOutcome>(`${path}/sessions`, sessionsOutcomeSchema);
  const { accountId, passUntil } = person;
  // The same buttons stand at every person: who is meant is read out with each.
  const of = (label: string) => `${label}: ${person.name}`;
  return (
    <li className={mergeClasses(styles.item, styles.person)}>
      <Link className={styles.name} onClick={() => goTo({ ...route, page: 'people', item: accountId, query: {} })}>
        <Name>{person.name}</Name>
      </Link>
      <Caption1 className={styles.quiet}>{t.helpdesk.phase(person.phase, f.day(person.enforceOn))}</Caption1>
      {person.reasons.map(({ text, next }) => (
        <div key={text.en} className={styles.item}>
          <Body1>{text[language]}</Body1>
          <Caption1 className={styles.quiet}>{t.helpdesk.next(next[language])}</Caption1>
        </div>
      ))}
      {passUntil === null ? null : <Caption1>{t.helpdesk.passUntil(f.instant(passUntil))}</Caption1>}
      <Told press={sessions} done={t.helpdesk.sessionsAsked} />
      <Told press={withdrawal} done={t.helpdesk.withdrawn} />
      {data.mayIssue ? (
        <div className={styles.buttons}>
          {passUntil === null ? (
            <Button disabled={!data.isPassEnabled} aria-label={of(t.helpdesk.issue)} onClick={help}>
              {t.helpdesk.issue}
            </Button>
          ) : (
            <Button
              aria-label={of(t.helpdesk.withdraw)}
              disabled={withdrawal.isSending}
              onClick={() => withdrawal.press({ accountId })}
            >
              {t.helpdesk.withdraw}
            </Button>
          )}
          <Button
            aria-label={of(t.helpdesk.endSessions)}
            disabled={sessions.isSending}
            onClick={() => sessions.press({ accountId })}
          >
            {t.helpdesk.endSessions}
          </Button>
        </div>
      ) : null}
    </li>
  );
}

function Told({ press, done }: { press: { outcome: SessionsOutcome | null; error: unknown }; done: string }) {
  const { t, language } = useWords();
  const { outcome, error } = press;
  if (error !== null) return <Body1>{t.helpdesk.failed}</Body1>;
  if (outcome === null) return null;
  return (
    <MessageBar intent={outcome.outcome === 'done' ? 'success' : 'warning'} layout="multiline">
      <MessageBarBody>{outcome.message?.[language] ?? done}</MessageBarBody>
    </MessageBar>
  );
}
