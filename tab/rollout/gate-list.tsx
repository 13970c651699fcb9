import { Body1, Body1Strong, Caption1, Link, makeStyles, tokens } from '@fluentui/react-components';
import type { Gate } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { Name } from '../shell/name.tsx';

const SHOWN_PEOPLE = 10;

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalM, listStyleType: 'none', padding: 0 },
  item: {
    display: 'grid',
    gap: tokens.spacingVerticalXXS,
    borderInlineStartWidth: '3px',
    borderInlineStartStyle: 'solid',
    borderInlineStartColor: tokens.colorPaletteDarkOrangeBorderActive,
    paddingInlineStart: tokens.spacingHorizontalM,
  },
  people: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: `0 ${tokens.spacingHorizontalM}`,
    listStyleType: 'none',
    padding: 0,
  },
  text: { overflowWrap: 'anywhere' },
});

type Props = { gates: readonly Gate[]; openPerson?: (accountId: string) => void };

/** What stands in the way of a phase, each with how to clear it and, where it may be told, whom it is about. */
export function GateList({ gates, openPerson }: Props) {
  const styles = useStyles();
  const { t, f, language } = useWords();
  return (
    <ul className={styles.list}>
      {gates.map((gate) => (
        <li key={gate.code} className={styles.item}>
          <Body1Strong className={styles.text}>{gate.message[language]}</Body1Strong>
          <Body1 className={styles.text}>{t.rollout.whatToDo(gate.clear[language])}</Body1>
          {gate.people.length === 0 || openPerson === undefined ? null : (
            <ul className={styles.people}>
              {gate.people.slice(0, SHOWN_PEOPLE).map(({ accountId, name }) => (
                <li key={accountId}>
                  <Link onClick={() => openPerson(accountId)}>
                    <Name>{name}</Name>
                  </Link>
                </li>
              ))}
              {gate.peopleCount > SHOWN_PEOPLE ? (
                <li>
                  <Caption1>{t.policy.morePeople(f, gate.peopleCount - SHOWN_PEOPLE)}</Caption1>
                </li>
              ) : null}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}
