import { Body1, Caption1, Field, Link, makeStyles, Select, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { HISTORY_GROUPS, type HistoryGroup, type HistoryRow, historySchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import { Answer } from '../shell/answer.tsx';
import { searchOf } from '../shell/query-choice.tsx';
import { Section } from '../shell/section.tsx';

const SHOWN = 6;

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalS, listStyleType: 'none', padding: 0, margin: 0 },
  row: { display: 'grid', gap: tokens.spacingVerticalXXS, overflowWrap: 'anywhere' },
  quiet: { color: tokens.colorNeutralForeground2 },
  more: { justifySelf: 'start' },
  choice: { maxWidth: '22rem' },
});

type Asked = { customerId: string; group: HistoryGroup | undefined };

/** What was decided and done, the newest first: who, when and why. All of it, page by page, or one kind alone. */
export function History({ customerId }: { customerId: string }) {
  const { t } = useWords();
  const [group, setGroup] = useState<HistoryGroup>();
  return (
    <Section title={t.rollout.history.title}>
      <GroupChoice group={group} choose={setGroup} />
      <Pages key={group ?? 'all'} customerId={customerId} group={group} />
    </Section>
  );
}

type Choice = { group: HistoryGroup | undefined; choose(group: HistoryGroup | undefined): void };

function GroupChoice({ group, choose }: Choice) {
  const styles = useStyles();
  const { t } = useWords();
  const words = t.rollout.history;
  return (
    <Field label={words.show} size="small" className={styles.choice}>
      <Select
        size="small"
        value={group ?? ''}
        onChange={(_, { value }) => choose(HISTORY_GROUPS.find((one) => one === value))}
      >
        <option value="">{words.all}</option>
        {HISTORY_GROUPS.map((one) => (
          <option key={one} value={one}>
            {words.group[one]}
          </option>
        ))}
      </Select>
    </Field>
  );
}

/** The pages that were asked for, below each other; each begins where the one before it ended. */
function Pages({ customerId, group }: Asked) {
  const [begins, setBegins] = useState<readonly (number | undefined)[]>([undefined]);
  return begins.map((before, at) => (
    <Page
      key={before ?? 'newest'}
      {...{ customerId, group, before }}
      goOn={at === begins.length - 1 ? (next) => setBegins([...begins, next]) : null}
    />
  ));
}

type PageProps = Asked & {
  before: number | undefined;
  /** Asks for the page after this one; null where that is shown. */
  goOn: ((next: number) => void) | null;
};

function Page({ customerId, group, before, goOn }: PageProps) {
  const styles = useStyles();
  const { t, f } = useWords();
  const words = t.rollout.history;
  const [isWhole, setWhole] = useState(before !== undefined);
  const search = searchOf({ group, before });
  const history = useGet(`/customers/${customerId}/rollout/history${search && `?${search}`}`, historySchema);
  return (
    <Answer query={history} rows={4}>
      {({ rows, next }) => (
        <>
          {rows.length === 0 && next === null && before === undefined ? <Body1>{words.none}</Body1> : null}
          <ol className={styles.list}>
            {(isWhole ? rows : rows.slice(0, SHOWN)).map((row) => (
              <Row key={row.seq} row={row} />
            ))}
          </ol>
          {isWhole || rows.length <= SHOWN ? null : (
            <Link as="button" className={styles.more} onClick={() => setWhole(true)}>
              {words.more(f, rows.length - SHOWN)}
            </Link>
          )}
          {(isWhole || rows.length <= SHOWN) && next !== null && goOn !== null ? (
            <Link as="button" className={styles.more} onClick={() => goOn(next)}>
              {words.earlier}
            </Link>
          ) : null}
        </>
      )}
    </Answer>
  );
}

function Row({ row }: { row: HistoryRow }) {
  const styles = useStyles();
  const { t, f, language } = useWords();
  const { kind, phase, by, at, why } = row;
  const words = t.rollout.history;
  // Names stand inside plain text, so each is isolated: one of another script would turn the sentence round.
  const what = words.kind[kind](phase === null ? '' : `\u2068${phase}\u2069`);
  return (
    <li className={styles.row}>
      <Body1>{what}</Body1>
      <Caption1 className={styles.quiet}>
        {by === null ? words.byProduct(f.instant(at)) : words.by(`\u2068${by}\u2069`, f.instant(at))}
        {why === null ? '' : ` ${why[language]}`}
      </Caption1>
    </li>
  );
}
