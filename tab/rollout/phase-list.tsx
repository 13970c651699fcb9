import { Body1, Button, Caption1, Link, makeStyles, tokens } from '@fluentui/react-components';
import type { PhaseSummary } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { Bar } from '../overview/departments.tsx';
import { goTo, type Route } from '../route.ts';
import { Name } from '../shell/name.tsx';
import { Section } from '../shell/section.tsx';
import { GateList } from './gate-list.tsx';
import { dayText, nextText, StateBadge } from './phase-state.tsx';

const SHOWN_GATES = 3;

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalL, listStyleType: 'none', padding: 0 },
  item: {
    display: 'grid',
    gap: tokens.spacingVerticalS,
    paddingBottom: tokens.spacingVerticalL,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    ':last-child': { borderBottomStyle: 'none', paddingBottom: 0 },
  },
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
  title: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS, flex: '1 1 12rem', minWidth: 0 },
  number: {
    flex: 'none',
    width: '1.75em',
    height: '1.75em',
    lineHeight: '1.75em',
    textAlign: 'center',
    borderRadius: tokens.borderRadiusCircular,
    border: `1px solid ${tokens.colorNeutralStrokeAccessible}`,
    fontWeight: tokens.fontWeightSemibold,
  },
  name: {
    fontSize: tokens.fontSizeBase400,
    fontWeight: tokens.fontWeightSemibold,
    overflowWrap: 'anywhere',
    textAlign: 'start',
  },
  facts: { color: tokens.colorNeutralForeground2, display: 'flex', flexWrap: 'wrap', columnGap: '1em' },
});

/** Every phase with its state, how ready its people are, what stands in the way and what comes next. */
export function PhaseList({ phases, route }: { phases: readonly PhaseSummary[]; route: Route }) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <Section title={t.rollout.phasesTitle}>
      <ol className={styles.list}>
        {phases.map((phase, place) => (
          <PhaseRow key={phase.name} phase={phase} place={place} route={route} />
        ))}
      </ol>
    </Section>
  );
}

function PhaseRow({ phase, place, route }: { phase: PhaseSummary; place: number; route: Route }) {
  const styles = useStyles();
  const words = useWords();
  const { t, f } = words;
  const { name, state, counts } = phase;
  const open = (view: string) => goTo({ ...route, page: 'rollout', item: name, query: view === '' ? {} : { view } });
  return (
    <li className={styles.item}>
      <div className={styles.head}>
        <div className={styles.title}>
          <span className={styles.number} aria-hidden="true">
            {place + 1}
          </span>
          <Link className={styles.name} onClick={() => open('')}>
            <Name>{name}</Name>
          </Link>
        </div>
        <Caption1>{dayText(phase, words)}</Caption1>
        <StateBadge state={state} waiting={phase.waiting} />
        {state === 'ready' && !phase.waiting && phase.gates !== null ? (
          <Button
            size="small"
            appearance="primary"
            aria-label={`${t.rollout.decide}: ${name}`}
            onClick={() => open('decision')}
          >
            {t.rollout.decide}
          </Button>
        ) : null}
      </div>
      <Bar people={counts.people} capable={counts.capable} unknown={counts.unknown} />
      <Caption1 className={styles.facts}>
        <span>{t.rollout.ready(f, counts.capable, counts.people)}</span>
        {counts.exempt === 0 ? null : <span>{t.rollout.exempt(f, counts.exempt)}</span>}
        <Sight phase={phase} />
      </Caption1>
      <Body1>{nextText(phase, words)}</Body1>
      <Gates phase={phase} />
    </li>
  );
}

/** How much of the window is behind a phase; nothing outside of one. */
export function Sight({ phase: { sight } }: { phase: PhaseSummary }) {
  const { t, f } = useWords();
  if (sight === null) return null;
  const { seen, countable, seenPercent, hours, hoursPassed, neverSeen } = sight;
  return (
    <>
      <span>{t.rollout.sight(f, seen, countable, seenPercent)}</span>
      <span>{t.rollout.hours(f, hoursPassed, hours)}</span>
      {neverSeen === 0 ? null : <span>{t.rollout.neverSeen(f, neverSeen)}</span>}
    </>
  );
}

function Gates({ phase: { gates, state } }: { phase: PhaseSummary }) {
  const { t, f } = useWords();
  if (gates === null || gates.length === 0) return null;
  const left = gates.length - SHOWN_GATES;
  return (
    <>
      <Caption1>{state === 'ready' ? t.rollout.mayPass : t.rollout.gates(f, gates.length)}</Caption1>
      <GateList gates={gates.slice(0, SHOWN_GATES)} />
      {left > 0 ? <Caption1>{t.policy.morePeople(f, left)}</Caption1> : null}
    </>
  );
}
