import { Body1, Link, makeStyles, tokens } from '@fluentui/react-components';
import type { Overview } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { goTo, type Route } from '../route.ts';
import { Section } from '../shell/section.tsx';

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalS, paddingInlineStart: '1.25em' },
  // A button is a box of its own: else its last line would carry the number.
  link: { textAlign: 'start', verticalAlign: 'top' },
});

type Step = 'suggestions' | 'hrWithoutAccount' | 'differences' | 'unknown' | 'notCapable' | 'accountWithoutHr';

/** In the order in which doing them helps: first who is who, then what is not known, then who is not ready. */
const STEPS: readonly (readonly [Step, Record<string, string>])[] = [
  ['suggestions', { view: 'suggestions' }],
  ['hrWithoutAccount', { view: 'hrWithoutAccount' }],
  ['differences', { difference: 'any' }],
  ['unknown', { enrolment: 'unknown' }],
  ['notCapable', { enrolment: 'not' }],
  ['accountWithoutHr', { view: 'accountWithoutHr' }],
];

type Props = { counts: Overview['counts']; phases: Overview['phases']; route: Route };

/** What there is to do in the rollout and in the master list, each with the page that it is about. */
export function NextSteps({ counts, phases, route }: Props) {
  const styles = useStyles();
  const { t, f } = useWords();
  const steps = STEPS.filter(([step]) => counts[step] > 0);
  return (
    <Section title={t.overview.nextTitle}>
      {steps.length + phases.length === 0 ? <Body1>{t.overview.nextNothing}</Body1> : null}
      <ol className={styles.list}>
        {phases.map(({ name, state }) => (
          <li key={name}>
            <Link className={styles.link} onClick={() => goTo({ ...route, page: 'rollout', item: name, query: {} })}>
              {t.rollout.steps[state](name)}
            </Link>
          </li>
        ))}
        {steps.map(([step, query]) => (
          <li key={step}>
            <Link className={styles.link} onClick={() => goTo({ ...route, page: 'people', item: null, query })}>
              {t.overview.next[step](f, counts[step])}
            </Link>
          </li>
        ))}
      </ol>
    </Section>
  );
}
