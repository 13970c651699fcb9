import { Body1, Button, Caption1, Checkbox, Link, makeStyles, tokens } from '@fluentui/react-components';
import type { PhaseReview } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { Name } from '../shell/name.tsx';
import { Section } from '../shell/section.tsx';

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalXS, listStyleType: 'none', padding: 0 },
  item: { display: 'flex', alignItems: 'start' },
  text: { display: 'grid', justifyItems: 'start', paddingTop: tokens.spacingVerticalS, minWidth: 0 },
  quiet: { color: tokens.colorNeutralForeground2 },
});

type Props = {
  people: PhaseReview['notReady'];
  ticked: readonly string[];
  tick: (accountIds: readonly string[]) => void;
  openPerson: (accountId: string) => void;
};

/** Those who cannot answer: each stays in the way, or is named to be enforced anyway. Nothing where everybody is ready. */
export function NotReady({ people, ticked, tick, openPerson }: Props) {
  const styles = useStyles();
  const { t } = useWords();
  if (people.length === 0) return null;
  const words = t.rollout.decision;
  const chosen = new Set(ticked);
  const isAll = people.every(({ accountId }) => chosen.has(accountId));
  return (
    <Section
      title={words.notReadyTitle}
      aside={
        <Button size="small" onClick={() => tick(isAll ? [] : people.map(({ accountId }) => accountId))}>
          {isAll ? words.untickAll : words.tickAll}
        </Button>
      }
    >
      <Body1>{words.notReadyHint}</Body1>
      <ul className={styles.list}>
        {people.map(({ accountId, name, why }) => (
          <li key={accountId} className={styles.item}>
            <Checkbox
              aria-label={name}
              checked={chosen.has(accountId)}
              onChange={(_, { checked }) =>
                tick(checked === true ? [...ticked, accountId] : ticked.filter((id) => id !== accountId))
              }
            />
            <div className={styles.text}>
              <Link onClick={() => openPerson(accountId)}>
                <Name>{name}</Name>
              </Link>
              <Caption1 className={styles.quiet}>{why}</Caption1>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
