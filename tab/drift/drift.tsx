import {
  Badge,
  Body1,
  Body1Strong,
  Button,
  Caption1,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import { type DriftAnswer, type DriftRow, driftOutcomeSchema, driftSchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import type { PageProps } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { Fact, FactList } from '../shell/facts.tsx';
import { Live } from '../shell/live.tsx';
import { Name } from '../shell/name.tsx';
import { Failed } from '../shell/notices.tsx';
import { Section } from '../shell/section.tsx';
import { type Press, usePress } from '../shell/use-press.ts';

const PHONE = '@media (max-width: 640px)';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  list: { display: 'grid', gap: tokens.spacingVerticalL, listStyleType: 'none', padding: 0, margin: 0 },
  item: {
    display: 'grid',
    gap: tokens.spacingVerticalS,
    paddingBottom: tokens.spacingVerticalL,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    ':last-child': { borderBottomStyle: 'none', paddingBottom: 0 },
  },
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
  title: { flex: '1 1 12rem', minWidth: 0, overflowWrap: 'anywhere' },
  table: { borderCollapse: 'collapse', width: '100%', tableLayout: 'fixed' },
  // On a phone each value stands below the last one with its own title: three columns would break every id.
  head: { [PHONE]: { display: 'none' } },
  row: { [PHONE]: { display: 'grid', paddingBlock: tokens.spacingVerticalS } },
  value: {
    [PHONE]: {
      borderBottomStyle: 'none',
      '::before': { content: 'attr(data-title)', display: 'block', color: tokens.colorNeutralForeground2 },
    },
  },
  cell: {
    textAlign: 'left',
    verticalAlign: 'top',
    overflowWrap: 'anywhere',
    padding: tokens.spacingVerticalXS,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
});

type Decision = { id: string; verdict: 'restore' | 'accept'; digest: string };
type Outcome = { outcome: 'recorded' | 'already' | 'stale'; text: { en: string; de: string } };

/** What somebody else changed of the rollout's own objects: open findings with the difference, and those before. */
export function DriftPage({ customerId }: PageProps) {
  const styles = useStyles();
  const { t, f, language } = useWords();
  const base = `/customers/${customerId}/drift`;
  const drift = useGet(base, driftSchema);
  const press = usePress<Decision, Outcome>(`${base}/decide`, driftOutcomeSchema);
  return (
    <div className={styles.page}>
      <Section title={t.drift.title}>
        <Body1 as="p">{t.drift.intro}</Body1>
        <Live>
          {press.error === null ? null : <Failed error={press.error} retry={press.clear} />}
          {press.outcome === null ? null : <Body1Strong>{press.outcome.text[language]}</Body1Strong>}
        </Live>
        <Answer query={drift}>
          {(data) => (
            <>
              <Looked data={data} when={data.lookedAt === null ? null : f.instant(data.lookedAt)} />
              {data.open.length === 0 ? <Body1>{t.drift.none}</Body1> : null}
              <Rows rows={data.open} may={data.may} mayApprove={data.mayApprove === true} press={press} />
            </>
          )}
        </Answer>
      </Section>
      {drift.data === undefined || drift.data.history.length === 0 ? null : (
        <Section title={t.drift.history}>
          <Rows rows={drift.data.history} may={false} mayApprove={false} press={press} />
        </Section>
      )}
    </div>
  );
}

function Looked({ data, when }: { data: DriftAnswer; when: string | null }) {
  const { t, f } = useWords();
  return (
    <>
      <Caption1 as="p" block>
        {when === null ? t.drift.never : t.drift.lookedAt(when)}
      </Caption1>
      {data.unread.length === 0 ? null : (
        <Caption1 as="p" block>
          {t.drift.unread(f.list(data.unread.map(({ part }) => t.drift.parts[part] ?? part)))}
        </Caption1>
      )}
    </>
  );
}

type RowsProps = {
  rows: readonly DriftRow[];
  may: boolean;
  mayApprove: boolean;
  press: Press<Decision, Outcome>;
};

function Rows({ rows, ...rest }: RowsProps) {
  const styles = useStyles();
  return (
    <ul className={styles.list}>
      {rows.map((row) => (
        <Item key={row.id} row={row} {...rest} />
      ))}
    </ul>
  );
}

type ItemProps = { row: DriftRow } & Omit<RowsProps, 'rows'>;

function Item({ row, may, mayApprove, press }: ItemProps) {
  const styles = useStyles();
  const { t, f, language } = useWords();
  const { state } = row;
  const refusals = [row.restore, row.accept].filter((why) => why !== null);
  const decides = (may || mayApprove) && state === 'open';
  return (
    <li className={styles.item}>
      <div className={styles.line}>
        <Body1Strong className={styles.title}>{row.title[language]}</Body1Strong>
        <Badge
          appearance="tint"
          shape="rounded"
          color={state === 'open' && row.severity === 1 ? 'danger' : 'informative'}
        >
          {t.drift.states[state]}
        </Badge>
      </div>
      <FactList>
        <Fact label={t.drift.object}>
          <Name>{row.object[language]}</Name>
        </Fact>
        <Fact label={t.drift.effect}>{row.effect[language]}</Fact>
        <Fact label={t.drift.seen}>{f.instant(row.firstSeen)}</Fact>
        <Fact label={t.drift.by}>
          <Actor actor={row.actor} />
        </Fact>
      </FactList>
      <Difference row={row} />
      {row.failure === null ? null : <Body1Strong>{row.failure[language]}</Body1Strong>}
      {state === 'open' ? <Body1>{row.advice[language]}</Body1> : null}
      {row.decidedBy === null ? null : <Caption1>{t.drift.decidedBy(row.decidedBy)}</Caption1>}
      {decides ? refusals.map((why) => <Caption1 key={why.en}>{why[language]}</Caption1>) : null}
      {state === 'open' ? VERDICTS.map((verdict) => <TwoPeople key={verdict} row={row} verdict={verdict} />) : null}
      <Presses row={row} may={may} mayApprove={mayApprove} press={press} />
    </li>
  );
}

const VERDICTS = ['restore', 'accept'] as const;

/** What takes two people: to what they say yes, whom it costs cover, and whose approval is missing. */
function TwoPeople({ row, verdict }: { row: DriftRow; verdict: Decision['verdict'] }) {
  const { t, f, language } = useWords();
  const two = row.two?.[verdict] ?? null;
  if (two === null) return null;
  const { words, who, more, approvedBy, missing, expiresAt } = two;
  return (
    <FactList>
      <Fact label={t.drift.two[verdict]}>{words[language]}</Fact>
      {who.length === 0 ? null : (
        <Fact label={t.drift.whoLoses}>
          <Name>{f.list(more === 0 ? who : [...who, t.drift.more(more)])}</Name>
        </Fact>
      )}
      {approvedBy.length === 0 ? null : (
        <Fact label={t.drift.approvedBy}>
          <Name>{f.list(approvedBy)}</Name>
        </Fact>
      )}
      <Fact label={t.drift.missing}>{f.list(missing.map((side) => t.drift.sides[side]))}</Fact>
      {expiresAt === null ? null : <Fact label={t.drift.lapses}>{f.instant(expiresAt)}</Fact>}
    </FactList>
  );
}

function Presses({ row, may, mayApprove, press }: ItemProps) {
  const styles = useStyles();
  const { t } = useWords();
  const { id, digest, state } = row;
  const offered = VERDICTS.filter((verdict) => {
    if (state !== 'open' || row[verdict] !== null) return false;
    return (row.two?.[verdict] ?? null) === null ? may : mayApprove;
  });
  if (offered.length === 0) return null;
  return (
    <div className={styles.line}>
      {offered.map((verdict) => (
        <Button
          key={verdict}
          appearance={verdict === 'restore' ? 'primary' : 'secondary'}
          disabled={press.isSending}
          onClick={() => press.press({ id, digest, verdict })}
        >
          {(row.two?.[verdict] ?? null) === null ? t.drift[verdict] : t.drift.approve[verdict]}
        </Button>
      ))}
    </div>
  );
}

function Actor({ actor }: { actor: DriftRow['actor'] }) {
  const { t } = useWords();
  if (actor === null) return t.drift.notYet;
  return actor.name === null ? t.drift.nobody : <Name>{actor.name}</Name>;
}

function Difference({ row }: { row: DriftRow }) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <table className={styles.table}>
      <thead className={styles.head}>
        <tr>
          {t.drift.columns.map((title) => (
            <th key={title} scope="col" className={styles.cell}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {row.rows.map(({ what, before, now }) => (
          <tr key={what} className={styles.row}>
            <th scope="row" className={styles.cell}>
              <Name>{what}</Name>
            </th>
            <Value title={t.drift.columns[1]} value={before} />
            <Value title={t.drift.columns[2]} value={now} />
          </tr>
        ))}
        {row.more === 0 ? null : (
          <tr>
            <td className={styles.cell} colSpan={3}>
              {t.drift.more(row.more)}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function Value({ title, value }: { title: string | undefined; value: string }) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <td className={mergeClasses(styles.cell, styles.value)} data-title={title}>
      {value === '' ? t.drift.nothing : value}
    </td>
  );
}
