import {
  Badge,
  Body1,
  Caption1,
  Link,
  makeStyles,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  tokens,
} from '@fluentui/react-components';
import type { ExceptionReview, ExceptionRow } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { Evidence, ExceptionBadges, ExceptionFacts, Owner, useUntil } from '../shell/exception-facts.tsx';
import { useFirstRows } from '../shell/first-rows.tsx';
import { Name } from '../shell/name.tsx';
import { useIsPhone } from '../shell/use-phone.ts';

/** Rows drawn at once; a customer with more of them asks for the rest. */
const SHOWN_FIRST = 100;

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalM, listStyleType: 'none', padding: 0 },
  card: {
    display: 'grid',
    gap: tokens.spacingVerticalS,
    padding: tokens.spacingHorizontalM,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  scroller: {
    overflowX: 'auto',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  table: { minWidth: '960px', tableLayout: 'fixed' },
  cell: { verticalAlign: 'top', padding: tokens.spacingHorizontalS, overflowWrap: 'anywhere' },
  evidence: { width: '27%' },
  account: { width: '21%' },
  until: { width: '13%' },
  stack: { display: 'grid', justifyItems: 'start', gap: tokens.spacingVerticalXS },
  quiet: { color: tokens.colorNeutralForeground2 },
});

type Signature = ExceptionReview['signature'];
type Props = { rows: readonly ExceptionRow[]; signature: Signature; openPerson: (accountId: string) => void };

/** Every exception with its evidence, owner, reason, control and end; as cards on a phone. */
export function ExceptionTable({ rows, signature, openPerson }: Props) {
  const styles = useStyles();
  const { t } = useWords();
  const isPhone = useIsPhone();
  const { shown, showAll } = useFirstRows(rows, SHOWN_FIRST);
  const each = { signature, openPerson };
  return (
    <>
      {isPhone ? (
        <ul className={styles.list}>
          {shown.map((row) => (
            <li key={`${row.kind} ${row.accountId}`} className={styles.card}>
              <Account row={row} {...each} />
              <ExceptionFacts row={row} />
            </li>
          ))}
        </ul>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways has to be reachable by keyboard
        <section className={styles.scroller} aria-label={t.app.exceptions} tabIndex={0}>
          <WideTable rows={shown} {...each} />
        </section>
      )}
      {showAll}
    </>
  );
}

function WideTable({ rows, ...each }: Props) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <Table className={styles.table} aria-label={t.app.exceptions}>
      <TableHeader>
        <TableRow>
          <TableHeaderCell className={styles.account}>{t.exceptions.account}</TableHeaderCell>
          <TableHeaderCell className={styles.evidence}>{t.exceptions.evidence}</TableHeaderCell>
          <TableHeaderCell>{t.exceptions.owner}</TableHeaderCell>
          <TableHeaderCell>{t.exceptions.reason}</TableHeaderCell>
          <TableHeaderCell>{t.exceptions.control}</TableHeaderCell>
          <TableHeaderCell className={styles.until}>{t.exceptions.until}</TableHeaderCell>
        </TableRow>
      </TableHeader>
      <TableBody>
        {rows.map((row) => (
          <WideRow key={`${row.kind} ${row.accountId}`} row={row} {...each} />
        ))}
      </TableBody>
    </Table>
  );
}

type RowProps = Omit<Props, 'rows'> & { row: ExceptionRow };

function WideRow({ row, ...each }: RowProps) {
  const styles = useStyles();
  const { t } = useWords();
  const until = useUntil();
  return (
    <TableRow>
      <TableCell className={styles.cell}>
        <div className={styles.stack}>
          <Account row={row} {...each} />
          <ExceptionBadges row={row} />
        </div>
      </TableCell>
      <TableCell className={styles.cell}>
        <Evidence row={row} />
      </TableCell>
      <TableCell className={styles.cell}>
        <Owner owner={row.owner} />
      </TableCell>
      <TableCell className={styles.cell}>{row.reason}</TableCell>
      <TableCell className={styles.cell}>{row.compensatingControl}</TableCell>
      <TableCell className={styles.cell}>
        <div className={styles.stack}>
          <Body1>{until(row)}</Body1>
          <Caption1 className={styles.quiet}>{t.exceptions.proposal[row.proposal]}</Caption1>
        </div>
      </TableCell>
    </TableRow>
  );
}

function Account({ row, signature, openPerson }: RowProps) {
  const styles = useStyles();
  const { t } = useWords();
  const change = changeOf(row, signature);
  return (
    <div className={styles.stack}>
      <Link onClick={() => openPerson(row.accountId)}>
        <Name>{row.displayName}</Name>
      </Link>
      {row.userPrincipalName === null ? null : (
        <Caption1 className={styles.quiet}>
          <Name>{row.userPrincipalName}</Name>
        </Caption1>
      )}
      {change === null ? null : (
        <Badge appearance="filled" shape="rounded" color="important">
          {change === 'added' ? t.exceptions.freshNew : t.exceptions.freshChanged}
        </Badge>
      )}
    </div>
  );
}

/** What became of a row since the signature; null also when nobody has signed yet. */
function changeOf({ accountId, kind }: ExceptionRow, signature: Signature): 'added' | 'changed' | null {
  if (signature.state !== 'outdated' || signature.changes === null) return null;
  const isIt = (one: { accountId: string; kind: string }) => one.accountId === accountId && one.kind === kind;
  if (signature.changes.added.some(isIt)) return 'added';
  return signature.changes.changed.some(isIt) ? 'changed' : null;
}
