import { Body1, Button, Caption1, makeStyles, Subtitle1, Tab, TabList, tokens } from '@fluentui/react-components';
import { ArrowLeftRegular } from '@fluentui/react-icons';
import { useEffect } from 'react';
import { type PhaseDetail, phaseAnswerSchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { FindingList } from '../findings/finding-list.tsx';
import { useWords } from '../i18n/words.tsx';
import { goTo, type PageProps } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { Name } from '../shell/name.tsx';
import { Empty } from '../shell/notices.tsx';
import { searchOf } from '../shell/query-choice.tsx';
import { Section } from '../shell/section.tsx';
import { GateList } from './gate-list.tsx';
import { Messages } from './messages.tsx';
import { type Movable, MoveDay } from './move-day.tsx';
import { PhaseDecisions } from './phase-decisions.tsx';
import { Sight } from './phase-list.tsx';
import { PhasePeople } from './phase-people.tsx';
import { dayText, nextText, StateBadge } from './phase-state.tsx';
import { StopLineState } from './stop-line.tsx';

const VIEWS = ['people', 'gates', 'messages', 'findings', 'decision'] as const;
type View = (typeof VIEWS)[number];

const useStyles = makeStyles({
  back: { alignSelf: 'flex-start' },
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
  name: { overflowWrap: 'anywhere', minWidth: 0 },
  facts: { color: tokens.colorNeutralForeground2, display: 'flex', flexWrap: 'wrap', columnGap: '1em' },
  top: { display: 'grid', gap: tokens.spacingVerticalS },
  views: { overflowX: 'auto' },
  view: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
});

type Props = PageProps & { name: string };

/** One phase: its people, what stands in the way, its messages and findings, and the decision about it. */
export function PhasePage({ customerId, route, name }: Props) {
  const styles = useStyles();
  const { t } = useWords();
  const phase = useGet(`/customers/${customerId}/phase?${searchOf({ phase: name })}`, phaseAnswerSchema);
  return (
    <>
      <Button
        className={styles.back}
        appearance="subtle"
        icon={<ArrowLeftRegular />}
        onClick={() => goTo({ ...route, item: null, query: {} })}
      >
        {t.rollout.back}
      </Button>
      <Answer query={phase} rows={10}>
        {({ phase: found }) =>
          found === null ? (
            <Empty title={t.rollout.unknownTitle} text={t.rollout.unknown} />
          ) : (
            <Found phase={found} customerId={customerId} route={route} />
          )
        }
      </Answer>
    </>
  );
}

type FoundProps = PageProps & { phase: PhaseDetail };

/** Whoever may see the own people only has nothing but them here. */
function viewsOf({ gates, review }: PhaseDetail): readonly View[] {
  if (gates === null) return ['people'];
  return VIEWS.filter((view) => view !== 'decision' || review !== null);
}

function firstView(phase: PhaseDetail, views: readonly View[]): View {
  const wanted =
    phase.state === 'ready' && !phase.waiting ? 'decision' : phase.state === 'blocked' ? 'gates' : 'people';
  return views.includes(wanted) ? wanted : 'people';
}

function Found({ phase, customerId, route }: FoundProps) {
  const styles = useStyles();
  const words = useWords();
  const { t, f } = words;
  const views = viewsOf(phase);
  const view = views.find((one) => one === route.query.view) ?? firstView(phase, views);
  const { capable, people, exempt } = phase.counts;
  // On a phone the strip of views scrolls: the chosen one has to be in sight.
  useEffect(() => {
    document.getElementById(`phase-${view}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [view]);
  return (
    <>
      <div className={styles.top}>
        <div className={styles.head}>
          <Subtitle1 as="h2" className={styles.name}>
            <Name>{phase.name}</Name>
          </Subtitle1>
          <StateBadge state={phase.state} waiting={phase.waiting} />
          <Caption1>{dayText(phase, words)}</Caption1>
          {phase.mayMove ? <MoveDay customerId={customerId} what={movable(phase)} /> : null}
        </div>
        <Body1 as="p">{nextText(phase, words)}</Body1>
        {phase.stopLine === null ? null : <StopLineState line={phase.stopLine} />}
        <Caption1 className={styles.facts}>
          <span>{t.rollout.ready(f, capable, people)}</span>
          {exempt === 0 ? null : <span>{t.rollout.exempt(f, exempt)}</span>}
          <Sight phase={phase} />
        </Caption1>
      </div>
      <div className={styles.views}>
        <TabList
          size="small"
          aria-label={t.rollout.views}
          selectedValue={view}
          onTabSelect={(_, { value }) => goTo({ ...route, query: { view: String(value) } }, { replace: true })}
        >
          {views.map((name) => (
            <Tab key={name} value={name} id={`phase-${name}`} aria-controls="phase-view">
              {t.rollout.view[name]}
            </Tab>
          ))}
        </TabList>
      </div>
      <div id="phase-view" role="tabpanel" aria-labelledby={`phase-${view}`} className={styles.view}>
        <CurrentView view={view} phase={phase} customerId={customerId} route={route} />
      </div>
    </>
  );
}

function movable({ name, enforceOn, revision, hasLater }: PhaseDetail): Movable {
  return { phase: name, enforceOn, revision, hasLater };
}

function CurrentView({ view, phase, customerId, route }: FoundProps & { view: View }) {
  const openPerson = (accountId: string) => goTo({ ...route, page: 'people', item: accountId, query: {} });
  switch (view) {
    case 'people':
      return <PhasePeople phase={phase} customerId={customerId} route={route} openPerson={openPerson} />;
    case 'gates':
      return <Gates phase={phase} openPerson={openPerson} />;
    case 'messages':
      return <Messages name={phase.name} customerId={customerId} route={route} />;
    case 'findings':
      return <FindingList phase={phase.name} customerId={customerId} route={route} />;
    case 'decision':
      return phase.review === null ? null : (
        <PhaseDecisions
          key={phase.name}
          phase={phase}
          review={phase.review}
          customerId={customerId}
          openPerson={openPerson}
        />
      );
  }
}

function Gates({ phase, openPerson }: { phase: PhaseDetail; openPerson: (accountId: string) => void }) {
  const { t, language } = useWords();
  const gates = phase.gates ?? [];
  const past = phase.past ?? null;
  // Where it stands in the way it is said there.
  const isSaid = past === null || gates.some(({ message }) => message.en === past.en);
  const title = phase.state === 'ready' && gates.length > 0 ? t.rollout.mayPass : t.rollout.view.gates;
  return (
    <Section title={title}>
      {isSaid ? null : <Body1>{past[language]}</Body1>}
      {gates.length === 0 ? <Body1>{t.rollout.gatesNone}</Body1> : null}
      <GateList gates={gates} openPerson={openPerson} />
    </Section>
  );
}
