import { Caption1, Link, makeStyles, SkeletonItem, tokens } from '@fluentui/react-components';
import type { PeoplePage, PersonRow } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { CopyButton } from '../shell/copy-button.tsx';
import { Name } from '../shell/name.tsx';
import { Differences, EnrolmentBadge, StatusText } from './row-parts.tsx';
import type { PagedRows } from './use-paged-rows.ts';

const useStyles = makeStyles({
  list: { position: 'relative', listStyleType: 'none', padding: 0, margin: 0 },
  place: {
    position: 'absolute',
    top: 0,
    left: 0,
    right: 0,
    boxSizing: 'border-box',
    paddingBottom: tokens.spacingVerticalS,
  },
  card: {
    boxSizing: 'border-box',
    height: '100%',
    display: 'grid',
    alignContent: 'start',
    gap: tokens.spacingVerticalXXS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  line: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: tokens.spacingHorizontalS,
    minWidth: 0,
  },
  facts: {
    display: 'flex',
    flexWrap: 'nowrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    overflow: 'hidden',
  },
  name: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', minWidth: 0 },
});

type Props = { paged: PagedRows<PeoplePage, PersonRow>; open: (accountId: string) => void };

/** The people as cards for a phone; of these too only those in sight exist. */
export function PeopleCards({ paged, open }: Props) {
  const styles = useStyles();
  const { virtualizer, rowAt, total } = paged;
  return (
    <ul className={styles.list} style={{ height: `${virtualizer.getTotalSize()}px` }}>
      {virtualizer.getVirtualItems().map(({ index, start, size }) => (
        <li
          key={index}
          className={styles.place}
          style={{ height: `${size}px`, transform: `translateY(${start}px)` }}
          aria-setsize={total}
          aria-posinset={index + 1}
          data-index={index}
        >
          <div className={styles.card}>
            <CardContent person={rowAt(index)} open={open} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function CardContent({ person, open }: { person: PersonRow | undefined; open: (accountId: string) => void }) {
  const styles = useStyles();
  const { t } = useWords();
  if (person === undefined) return <SkeletonItem size={24} />;
  return (
    <>
      <div className={styles.line}>
        <Link className={styles.name} data-opens onClick={() => open(person.accountId)}>
          <Name>{person.name}</Name>
        </Link>
        <CopyButton what={t.people.accountId} text={person.accountId} />
      </div>
      <Caption1 className={styles.name}>
        {person.department === null ? t.people.noDepartment : <Name>{person.department}</Name>}
      </Caption1>
      <div className={styles.facts}>
        <EnrolmentBadge enrolment={person.enrolment} />
        {person.accountStatus === 'disabled' ? <StatusText status="disabled" /> : null}
        {person.differences.length === 0 ? null : <Differences fields={person.differences} />}
      </div>
    </>
  );
}
