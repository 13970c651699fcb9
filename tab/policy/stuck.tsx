import { Badge, Body1, Caption1, Link, makeStyles, tokens } from '@fluentui/react-components';
import type { DraftReview, StuckPerson } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { useFirstRows } from '../shell/first-rows.tsx';
import { Name } from '../shell/name.tsx';
import { Section } from '../shell/section.tsx';

const SHOWN_FIRST = 20;

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalS, listStyleType: 'none', padding: 0 },
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', columnGap: tokens.spacingHorizontalS },
  quiet: { color: tokens.colorNeutralForeground2 },
});

type Props = {
  people: readonly StuckPerson[];
  counts: DraftReview['stuckCounts'];
  openPerson: (accountId: string) => void;
};

/** Who would be asked for MFA and cannot answer, or may not be able to, each with the reason. */
export function Stuck({ people, counts, openPerson }: Props) {
  const styles = useStyles();
  const { t, f } = useWords();
  const { shown, rest, showAll } = useFirstRows(people, SHOWN_FIRST);
  const unlisted = counts.no + counts.unknown - people.length;
  const head = [
    ...(counts.no === 0 ? [] : [t.policy.stuckCount(f, counts.no)]),
    ...(counts.unknown === 0 ? [] : [t.policy.stuckUnknown(f, counts.unknown)]),
  ];
  return (
    <Section title={t.policy.stuckTitle}>
      <Body1 as="p">{head.length === 0 ? t.policy.stuckNone : `${head.join('. ')}.`}</Body1>
      <ul className={styles.list}>
        {shown.map((person) => (
          <li key={person.accountId}>
            <div className={styles.line}>
              <Link onClick={() => openPerson(person.accountId)}>
                <Name>{person.name}</Name>
              </Link>
              {person.department === null ? null : (
                <Caption1 className={styles.quiet}>
                  <Name>{person.department}</Name>
                </Caption1>
              )}
              <Badge appearance="tint" shape="rounded" color={person.canAnswer === 'no' ? 'warning' : 'informative'}>
                {t.policy.canAnswer[person.canAnswer]}
              </Badge>
            </div>
            <Caption1>{person.why}</Caption1>
          </li>
        ))}
      </ul>
      {showAll === null ? null : <div>{showAll}</div>}
      {rest === 0 && unlisted > 0 ? <Body1 as="p">{t.policy.stuckMore(f, unlisted)}</Body1> : null}
    </Section>
  );
}
