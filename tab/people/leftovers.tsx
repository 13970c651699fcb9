import { Body1, Caption1, Link, makeStyles, SkeletonItem, tokens } from '@fluentui/react-components';
import { type ReactNode, useRef } from 'react';
import {
  type AccountWithoutHrRow,
  type HrWithoutAccountRow,
  LEFTOVER_PAGE_ROWS,
  type LeftoversPage,
  leftoversPageSchema,
  type SuggestionRow,
} from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import type { Route } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { CopyButton } from '../shell/copy-button.tsx';
import { Name } from '../shell/name.tsx';
import { Empty } from '../shell/notices.tsx';
import { Choice, Search } from './filters.tsx';
import { isFiltered, type LeftoverKind, leftoversPath } from './people-paths.ts';
import { EnrolmentBadge, StatusText } from './row-parts.tsx';
import { usePagedRows } from './use-paged-rows.ts';

const GUESSED_HEIGHT = 96;

const useStyles = makeStyles({
  list: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM, paddingTop: tokens.spacingVerticalM },
  bar: { display: 'flex', flexWrap: 'wrap', alignItems: 'end', gap: tokens.spacingHorizontalM },
  quiet: { color: tokens.colorNeutralForeground2 },
  scroller: {
    height: 'clamp(320px, calc(100vh - 300px), 900px)',
    overflow: 'auto',
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  rows: { position: 'relative', listStyleType: 'none', padding: 0, margin: 0 },
  place: {
    position: 'absolute',
    top: 0,
    left: 0,
    right: 0,
    boxSizing: 'border-box',
    paddingBottom: tokens.spacingVerticalS,
  },
  card: {
    display: 'grid',
    gap: tokens.spacingVerticalXXS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
    overflowWrap: 'anywhere',
  },
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: tokens.spacingHorizontalM },
});

type Row = HrWithoutAccountRow | AccountWithoutHrRow | SuggestionRow;
type Props = { kind: LeftoverKind; customerId: string; route: Route; open: (accountId: string) => void };

/** One of the lists of what did not match, with the reason of each row. */
export function Leftovers({ kind, customerId, route, open }: Props) {
  const styles = useStyles();
  const { t, f } = useWords();
  const scroller = useRef<HTMLElement>(null);
  const paged = usePagedRows<Row, LeftoversPage>({
    pathOf: (page) => leftoversPath(customerId, route, page),
    parser: leftoversPageSchema,
    pageRows: LEFTOVER_PAGE_ROWS,
    rowHeight: GUESSED_HEIGHT,
    scroller,
  });
  const { employee: _, ...classes } = t.people.classValue;
  return (
    <div className={styles.list}>
      <search aria-label={t.people.filters} className={styles.bar}>
        <Search route={route} label={t.people.searchLeftovers} />
        {kind === 'accountWithoutHr' ? (
          <Choice route={route} name="class" label={t.people.class} options={classes} />
        ) : null}
      </search>
      {kind === 'suggestions' ? <Body1 as="p">{t.people.suggestionHint}</Body1> : null}
      <Answer query={paged.first} rows={8}>
        {({ total }) => (
          <>
            <Body1 as="p" role="status" className={styles.quiet}>
              {t.people.countRows(f, total)}
            </Body1>
            {total === 0 ? (
              <NothingLeft kind={kind} isFiltered={isFiltered(route)} />
            ) : (
              <section
                ref={scroller}
                className={styles.scroller}
                aria-label={t.people.leftoversLabel}
                // A scrolling region has to be reachable by keyboard even while it has nothing to focus.
                // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
                tabIndex={0}
              >
                <ul className={styles.rows} style={{ height: `${paged.virtualizer.getTotalSize()}px` }}>
                  {paged.virtualizer.getVirtualItems().map(({ index, start }) => (
                    <li
                      key={index}
                      ref={paged.virtualizer.measureElement}
                      className={styles.place}
                      style={{ transform: `translateY(${start}px)` }}
                      aria-setsize={total}
                      aria-posinset={index + 1}
                      data-index={index}
                    >
                      <LeftoverCard row={paged.rowAt(index)} open={open} />
                    </li>
                  ))}
                </ul>
              </section>
            )}
          </>
        )}
      </Answer>
    </div>
  );
}

function NothingLeft({ kind, isFiltered: filtered }: { kind: LeftoverKind; isFiltered: boolean }) {
  const { t } = useWords();
  if (filtered) return <Empty title={t.people.noMatchTitle} text={t.people.noMatch} />;
  return <Empty title={t.people.noLeftoversTitle} text={t.people.emptyLeftovers[kind]} />;
}

function LeftoverCard({ row, open }: { row: Row | undefined; open: (accountId: string) => void }) {
  const styles = useStyles();
  return (
    <div className={styles.card}>
      {row === undefined ? <SkeletonItem size={48} /> : <LeftoverFacts row={row} open={open} />}
    </div>
  );
}

/** The three kinds of rows differ in their fields, and by these they are told apart. */
function LeftoverFacts({ row, open }: { row: Row; open: (accountId: string) => void }) {
  if ('employeeName' in row) return <SuggestionFacts row={row} open={open} />;
  return 'accountId' in row ? <AccountFacts row={row} open={open} /> : <EmployeeFacts row={row} />;
}

function Line({ children }: { children: ReactNode }) {
  return <div className={useStyles().line}>{children}</div>;
}

function Fact({ label, value }: { label: string; value: string | null }) {
  const styles = useStyles();
  return value === null ? null : (
    <Caption1 className={styles.quiet}>
      {label}: <Name>{value}</Name>
    </Caption1>
  );
}

function EmployeeFacts({ row }: { row: HrWithoutAccountRow }) {
  const { t } = useWords();
  return (
    <>
      <Line>
        <Body1>
          <Name>{row.name}</Name>
        </Body1>
        {row.hrStatus === null ? null : <Caption1>{t.person.hrStatus[row.hrStatus]}</Caption1>}
      </Line>
      <Line>
        <Fact label={t.people.employeeId} value={row.employeeId} />
        <Fact label={t.people.department} value={row.department} />
        <Fact label={t.people.workEmail} value={row.workEmail} />
      </Line>
      <Caption1>{row.why}</Caption1>
    </>
  );
}

type AccountProps<R> = { row: R; open: (accountId: string) => void };

function AccountFacts({ row, open }: AccountProps<AccountWithoutHrRow>) {
  const { t } = useWords();
  return (
    <>
      <Line>
        <Link onClick={() => open(row.accountId)}>
          <Name>{row.name}</Name>
        </Link>
        <Caption1>{t.people.classValue[row.class]}</Caption1>
        <EnrolmentBadge enrolment={row.enrolment} />
        <StatusText status={row.accountStatus} />
        <CopyButton what={t.people.accountId} text={row.accountId} />
      </Line>
      <Fact label={t.people.signInName} value={row.userPrincipalName} />
      <Caption1>{row.why}</Caption1>
    </>
  );
}

function SuggestionFacts({ row, open }: AccountProps<SuggestionRow>) {
  const { t } = useWords();
  return (
    <>
      <Line>
        <Body1>
          <Name>{row.employeeName}</Name>
        </Body1>
        <Fact label={t.people.employeeId} value={row.employeeId} />
        <span aria-hidden="true">↔</span>
        <Link onClick={() => open(row.accountId)}>
          <Name>{row.accountName}</Name>
        </Link>
        <CopyButton what={t.people.employeeId} text={row.employeeId} />
      </Line>
      <Fact label={t.people.signInName} value={row.userPrincipalName} />
      <Caption1>{row.why}</Caption1>
    </>
  );
}
