import { Body1, Body1Strong, Caption1, makeStyles, tokens } from '@fluentui/react-components';
import type { DraftChanges } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { Name } from '../shell/name.tsx';
import { Section } from '../shell/section.tsx';
import { DifferenceList } from './difference.tsx';

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalS, listStyleType: 'none', padding: 0 },
  item: { overflowWrap: 'anywhere' },
  quiet: { color: tokens.colorNeutralForeground2 },
});

type Props = { changes: DraftChanges | null };

/** In what the draft differs from the one that was decided about: what to look at before deciding again. */
export function SinceDecision({ changes }: Props) {
  const styles = useStyles();
  const { t } = useWords();
  const labels = { before: t.policy.decidedThen, after: t.policy.draft };
  if (changes === null) {
    return (
      <Section title={t.policy.sinceTitle}>
        <Body1 as="p">{t.policy.sinceUnknown}</Body1>
      </Section>
    );
  }
  const { policies, groups, counts } = changes;
  const isNothing = policies.length + groups.length + counts.length === 0;
  return (
    <Section title={t.policy.sinceTitle}>
      {isNothing ? <Body1 as="p">{t.policy.sinceNothing}</Body1> : null}
      <Counts counts={counts} />
      {groups.length === 0 ? null : (
        <ul className={styles.list}>
          {groups.map((group) => (
            <li key={group.reference} className={styles.item}>
              <Body1Strong>
                <Name>{group.name}</Name>
              </Body1Strong>
              <People people={group.added} sign="added" />
              <People people={group.removed} sign="removed" />
            </li>
          ))}
        </ul>
      )}
      <DifferenceList items={policies} labels={labels} />
    </Section>
  );
}

function Counts({ counts }: Pick<DraftChanges, 'counts'>) {
  const styles = useStyles();
  const { t, f } = useWords();
  if (counts.length === 0) return null;
  return (
    <ul className={styles.list}>
      {counts.map(({ what, before, after }) => (
        <li key={what}>
          <Body1>{t.policy.sinceCount(t.policy.touched[what], f.number(before), f.number(after))}</Body1>
        </li>
      ))}
    </ul>
  );
}

type PeopleProps = { people: DraftChanges['groups'][number]['added']; sign: 'added' | 'removed' };

function People({ people: { count, people }, sign }: PeopleProps) {
  const styles = useStyles();
  const { t, f } = useWords();
  if (count === 0) return null;
  const rest = count - people.length;
  return (
    <p>
      <Body1>{t.policy.sinceGroup[sign](f, count)} </Body1>
      {people.map(({ accountId, name }, index) => (
        <Body1 key={accountId}>
          {index === 0 ? '' : ', '}
          <Name>{name}</Name>
        </Body1>
      ))}
      {rest > 0 ? <Caption1 className={styles.quiet}> {t.policy.morePeople(f, rest)}</Caption1> : null}
    </p>
  );
}
