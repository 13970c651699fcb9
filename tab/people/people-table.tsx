import {
  Link,
  makeStyles,
  mergeClasses,
  SkeletonItem,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  tokens,
} from '@fluentui/react-components';
import { memo } from 'react';
import type { PeoplePage, PersonRow } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import type { Route } from '../route.ts';
import { CopyButton } from '../shell/copy-button.tsx';
import { Name } from '../shell/name.tsx';
import { choose } from './filters.tsx';
import { sortOf } from './people-paths.ts';
import { Differences, EnrolmentBadge, StatusText } from './row-parts.tsx';
import type { PagedRows } from './use-paged-rows.ts';

const useStyles = makeStyles({
  table: { minWidth: '860px' },
  head: { position: 'sticky', top: 0, zIndex: 1, backgroundColor: tokens.colorNeutralBackground1 },
  body: { position: 'relative' },
  row: { position: 'absolute', top: 0, left: 0, right: 0 },
  cell: {
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    display: 'block',
    alignContent: 'center',
  },
  wide: { flexGrow: 1.6 },
  some: { flexGrow: 1.35 },
  less: { flexGrow: 0.8 },
  narrow: { flexGrow: 0, flexBasis: '56px' },
  name: { maxWidth: '100%', overflow: 'hidden', textOverflow: 'ellipsis' },
});

type Props = { paged: PagedRows<PeoplePage, PersonRow>; route: Route; open: (accountId: string) => void };

/** The people as a table of which only the rows in sight exist; it tells assistive technology its whole length. */
export function PeopleTable({ paged, route, open }: Props) {
  const styles = useStyles();
  const { t } = useWords();
  const { virtualizer, total, rowAt } = paged;
  return (
    <Table
      noNativeElements
      size="small"
      className={styles.table}
      aria-label={t.app.people}
      // The head is a row too.
      aria-rowcount={total + 1}
    >
      <TableHeader className={styles.head}>
        <TableRow aria-rowindex={1}>
          <SortCell column="name" label={t.people.name} route={route} isWide />
          <SortCell column="department" label={t.people.department} route={route} />
          <SortCell column="enrolment" label={t.people.enrolment} route={route} />
          <TableHeaderCell className={styles.less}>{t.people.account}</TableHeaderCell>
          <TableHeaderCell className={styles.less}>{t.people.class}</TableHeaderCell>
          <TableHeaderCell className={styles.some}>{t.people.difference}</TableHeaderCell>
          <TableHeaderCell className={styles.narrow}>{t.people.id}</TableHeaderCell>
        </TableRow>
      </TableHeader>
      <TableBody className={styles.body} style={{ height: `${virtualizer.getTotalSize()}px` }}>
        {virtualizer.getVirtualItems().map(({ index, start, size }) => (
          <PersonTableRow key={index} index={index} start={start} size={size} person={rowAt(index)} open={open} />
        ))}
      </TableBody>
    </Table>
  );
}

type SortCellProps = { column: 'name' | 'department' | 'enrolment'; label: string; route: Route; isWide?: boolean };

function SortCell({ column, label, route, isWide = false }: SortCellProps) {
  const styles = useStyles();
  const sort = sortOf(route);
  const isUp = sort === column;
  const direction = isUp ? 'ascending' : sort === `-${column}` ? 'descending' : undefined;
  const next = isUp ? (`-${column}` as const) : column;
  return (
    <TableHeaderCell
      sortable
      {...(direction === undefined ? {} : { sortDirection: direction })}
      aria-sort={direction ?? 'none'}
      className={isWide ? styles.wide : undefined}
      onClick={() => choose(route, 'sort', next === 'name' ? '' : next)}
    >
      {label}
    </TableHeaderCell>
  );
}

type RowProps = {
  index: number;
  start: number;
  size: number;
  person: PersonRow | undefined;
  open: (accountId: string) => void;
};

const PersonTableRow = memo(function PersonTableRow({ index, start, size, person, open }: RowProps) {
  const styles = useStyles();
  const { t } = useWords();
  const place = { height: `${size}px`, transform: `translateY(${start}px)` };
  if (person === undefined) {
    return (
      <TableRow className={styles.row} style={place} aria-rowindex={index + 2} data-index={index}>
        <TableCell aria-label={t.common.loading}>
          <SkeletonItem />
        </TableCell>
      </TableRow>
    );
  }
  return (
    <TableRow className={styles.row} style={place} aria-rowindex={index + 2} data-index={index}>
      <TableCell className={mergeClasses(styles.cell, styles.wide)}>
        <Link className={styles.name} data-opens onClick={() => open(person.accountId)}>
          <Name>{person.name}</Name>
        </Link>
      </TableCell>
      <TableCell className={styles.cell}>
        {person.department === null ? t.people.noDepartment : <Name>{person.department}</Name>}
      </TableCell>
      <TableCell className={styles.cell}>
        <EnrolmentBadge enrolment={person.enrolment} />
      </TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.less)}>
        <StatusText status={person.accountStatus} />
      </TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.less)}>{t.people.classValue[person.class]}</TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.some)}>
        <Differences fields={person.differences} />
      </TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.narrow)}>
        <CopyButton what={t.people.accountId} text={person.accountId} />
      </TableCell>
    </TableRow>
  );
});
