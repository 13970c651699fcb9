import { Badge, Body1, Button, Caption1, Link, makeStyles, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import type { StuckPerson } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { Name } from '../shell/name.tsx';
import { Section } from '../shell/section.tsx';

const SHOWN_FIRST = 20;

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalS, listStyleType: 'none', padding: 0 },
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', columnGap: tokens.spacingHorizontalS },
  quiet: { color: tokens.colorNeutralForeground2 },
});

type Props = { people: readonly StuckPerson[]; openPerson: (accountId: string) => void };

/** Who would be asked for MFA and cannot answer, or may not be able to, each with the reason. */
export function Stuck({ people, openPerson }: Props) {
  const styles = useStyles();
  const { t, f } = useWords();
  const [isWhole, setWhole] = useState(false);
  const certain = people.filter(({ canAnswer }) => canAnswer === 'no');
  const unsure = people.length - certain.length;
  const ordered = [...certain, ...people.filter(({ canAnswer }) => canAnswer === 'unknown')];
  const shown = isWhole ? ordered : ordered.slice(0, SHOWN_FIRST);
  const rest = ordered.length - shown.length;
  const head = [
    ...(certain.length === 0 ? [] : [t.policy.stuckCount(f, certain.length)]),
    ...(unsure === 0 ? [] : [t.policy.stuckUnknown(f, unsure)]),
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
      {rest === 0 ? null : (
        <div>
          <Button onClick={() => setWhole(true)}>{t.exceptions.showAll(f, rest)}</Button>
        </div>
      )}
    </Section>
  );
}
