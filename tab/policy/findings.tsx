import { Badge, Body1, Caption1, Link, makeStyles, tokens } from '@fluentui/react-components';
import type { DraftRemark } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { Name } from '../shell/name.tsx';
import { Section } from '../shell/section.tsx';

const SHOWN_PEOPLE = 10;

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalL, listStyleType: 'none', padding: 0 },
  item: { display: 'grid', justifyItems: 'start', gap: tokens.spacingVerticalXXS },
  people: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalM, listStyleType: 'none', padding: 0 },
});

const TINT = { push: 'danger', enforcement: 'warning', nothing: 'informative' } as const;
const ORDER: readonly DraftRemark['blocks'][] = ['push', 'enforcement', 'nothing'];

type Props = { findings: readonly DraftRemark[]; openPerson: (accountId: string) => void };

/** Remarks about the draft, what blocks first, each with what can be done about it. */
export function Findings({ findings, openPerson }: Props) {
  const styles = useStyles();
  const { t } = useWords();
  if (findings.length === 0) return null;
  const ordered = ORDER.flatMap((blocks) => findings.filter((one) => one.blocks === blocks));
  return (
    <Section title={t.policy.findingsTitle}>
      <ul className={styles.list}>
        {ordered.map((finding) => (
          <li key={`${finding.code} ${finding.message}`} className={styles.item}>
            <Badge appearance="tint" shape="rounded" color={TINT[finding.blocks]}>
              {t.policy.blocks[finding.blocks]}
            </Badge>
            <Body1>{finding.message}</Body1>
            {finding.clear === null ? null : <Caption1>{t.policy.clear(finding.clear)}</Caption1>}
            <People people={finding.people} count={finding.peopleCount} openPerson={openPerson} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

type PeopleProps = { people: DraftRemark['people']; count: number; openPerson: Props['openPerson'] };

function People({ people, count, openPerson }: PeopleProps) {
  const styles = useStyles();
  const { t, f } = useWords();
  if (people.length === 0) return null;
  const rest = count - Math.min(people.length, SHOWN_PEOPLE);
  return (
    <ul className={styles.people}>
      {people.slice(0, SHOWN_PEOPLE).map(({ accountId, name }) => (
        <li key={accountId}>
          <Link onClick={() => openPerson(accountId)}>
            <Name>{name}</Name>
          </Link>
        </li>
      ))}
      {rest > 0 ? <li>{t.policy.morePeople(f, rest)}</li> : null}
    </ul>
  );
}
