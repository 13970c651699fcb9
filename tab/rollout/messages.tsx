import { Badge, Body1, Body1Strong, Button, Caption1, makeStyles, tokens } from '@fluentui/react-components';
import {
  type Messages as Answered,
  doneSchema,
  LEFTOVER_PAGE_ROWS,
  type MessageRow,
  type MessageRows,
  messageRowsSchema,
  messagesSchema,
  type SettleRequest,
} from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import type { LedgerState } from '../i18n/keys.ts';
import { useWords } from '../i18n/words.tsx';
import { goTo, type Route } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { Name } from '../shell/name.tsx';
import { Failed } from '../shell/notices.tsx';
import { Pager } from '../shell/pager.tsx';
import { offsetOf, QueryChoice, searchOf } from '../shell/query-choice.tsx';
import { Section } from '../shell/section.tsx';
import { type Press, usePress } from '../shell/use-press.ts';

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalM, listStyleType: 'none', padding: 0 },
  item: { display: 'grid', gap: tokens.spacingVerticalXXS, minWidth: 0 },
  line: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalS}`,
    overflowWrap: 'anywhere',
  },
  quiet: { color: tokens.colorNeutralForeground2 },
  result: { ':empty': { marginBottom: `calc(-1 * ${tokens.spacingVerticalM})` } },
  filters: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalM },
});

type Props = { name: string; customerId: string; route: Route };
type Settling = Press<SettleRequest, { done: true }>;

/** The messages of a phase: how many went out and how, who comes next, who is not written to and why. */
export function Messages({ name, customerId, route }: Props) {
  const { t } = useWords();
  const messages = useGet(`/customers/${customerId}/messages?${searchOf({ phase: name })}`, messagesSchema);
  return (
    <Answer query={messages}>
      {(data) => (
        <>
          <Section title={t.rollout.messages.title}>
            {data.messages.length === 0 ? <Body1>{t.rollout.messages.none}</Body1> : null}
            <Kinds messages={data.messages} />
          </Section>
          {data.messages.length === 0 ? null : (
            <Who {...{ name, customerId, route }} kinds={data.messages.map(({ message }) => message)} />
          )}
        </>
      )}
    </Answer>
  );
}

const COLOR: Partial<Record<LedgerState, 'success' | 'warning' | 'danger'>> = {
  accepted: 'success',
  fellOver: 'success',
  unknown: 'warning',
  bounced: 'warning',
  refused: 'danger',
};

function StateCount({ state, count }: { state: LedgerState; count: number | null }) {
  const { t, f } = useWords();
  const text = count === null ? t.rollout.ledger[state] : `${f.number(count)} ${t.rollout.ledger[state]}`;
  return (
    <Badge appearance="tint" shape="rounded" color={COLOR[state] ?? 'informative'}>
      {text}
    </Badge>
  );
}

function Kinds({ messages }: { messages: Answered['messages'] }) {
  const styles = useStyles();
  const { t, f } = useWords();
  const words = t.rollout.messages;
  return (
    <ul className={styles.list}>
      {messages.map(({ message, dueAt, states, later, not }) => (
        <li key={message} className={styles.item}>
          <div className={styles.line}>
            <Body1Strong>{t.rollout.message[message]}</Body1Strong>
            <Caption1 className={styles.quiet}>
              {dueAt === null ? words.afterEnforcement : words.due(f.instant(dueAt))}
            </Caption1>
          </div>
          <div className={styles.line}>
            {(Object.entries(states) as [LedgerState, number][]).map(([state, count]) => (
              <StateCount key={state} state={state} count={count} />
            ))}
            {later === 0 ? null : <Caption1>{words.later(f, later)}</Caption1>}
            {not === 0 ? null : <Caption1>{words.not(f, not)}</Caption1>}
          </div>
        </li>
      ))}
    </ul>
  );
}

const LISTS = ['sent', 'later', 'not'] as const;

function Who({ name, customerId, route, kinds }: Props & { kinds: readonly MessageRow['message'][] }) {
  const styles = useStyles();
  const { t } = useWords();
  const words = t.rollout.messages;
  const offset = offsetOf(route);
  const { list, message } = route.query;
  const query = searchOf({ phase: name, list, message, offset });
  const rows = useGet(`/customers/${customerId}/messages/rows?${query}`, messageRowsSchema);
  const settle = usePress<SettleRequest, { done: true }>(`/customers/${customerId}/messages/settle`, doneSchema);
  return (
    <Section title={words.rowsTitle}>
      <div className={styles.filters}>
        <QueryChoice
          {...{ route, name: 'list', label: words.lists }}
          options={LISTS.map((one) => [one, words.list[one]])}
        />
        <QueryChoice
          {...{ route, name: 'message', label: words.which }}
          options={[['', words.all], ...kinds.map((one) => [one, t.rollout.message[one]] as const)]}
        />
      </div>
      <div aria-live="polite" className={styles.result}>
        {settle.error === null ? null : <Failed error={settle.error} retry={settle.clear} />}
        {settle.outcome === null ? null : <Body1>{words.settled}</Body1>}
      </div>
      <Answer query={rows}>
        {(data) => (
          <>
            {data.total === 0 ? <Body1>{words.rowsNone}</Body1> : null}
            <Rows answer={data} settle={settle} />
            <Pager
              {...{ offset, total: data.total, shown: data.rows.length, limit: LEFTOVER_PAGE_ROWS }}
              go={(next) => goTo({ ...route, query: { ...route.query, offset: String(next) } })}
            />
          </>
        )}
      </Answer>
    </Section>
  );
}

function Rows({ answer, settle }: { answer: MessageRows; settle: Settling }) {
  const styles = useStyles();
  const { t, f, language } = useWords();
  return (
    <ul className={styles.list}>
      {answer.rows.map((row) => (
        <li key={`${row.message} ${row.accountId} ${row.scope} ${row.name}`} className={styles.item}>
          <div className={styles.line}>
            <Body1Strong>
              <Name>{row.name}</Name>
            </Body1Strong>
            <Caption1 className={styles.quiet}>{t.rollout.message[row.message]}</Caption1>
            {row.state === null ? null : <StateCount state={row.state} count={null} />}
            {row.at === null ? null : <Caption1 className={styles.quiet}>{f.instant(row.at)}</Caption1>}
            {row.about === 0 ? null : <Caption1>{t.rollout.messages.about(f, row.about)}</Caption1>}
          </div>
          {row.reason === null ? null : <Caption1>{row.reason[language]}</Caption1>}
          {row.state === 'unknown' && answer.maySettle ? <Doubt row={row} settle={settle} /> : null}
        </li>
      ))}
    </ul>
  );
}

/** Nobody can tell whether it was sent: a person looks and says so. */
function Doubt({ row, settle }: { row: MessageRow; settle: Settling }) {
  const styles = useStyles();
  const { t } = useWords();
  const { message, accountId, scope } = row;
  if (accountId === null) return null;
  const say = (verdict: SettleRequest['verdict']) => settle.press({ message, accountId, scope, verdict });
  return (
    <div className={styles.line}>
      <Body1>{t.rollout.messages.doubt}</Body1>
      <Button size="small" disabled={settle.isSending} onClick={() => say('sent')}>
        {t.rollout.messages.wasSent}
      </Button>
      <Button size="small" disabled={settle.isSending} onClick={() => say('notSent')}>
        {t.rollout.messages.notSent}
      </Button>
    </div>
  );
}
