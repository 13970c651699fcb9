import { Body1, Caption1, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { type RolloutAnswer, rolloutSchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import type { Words } from '../i18n/words.tsx';
import { useWords } from '../i18n/words.tsx';
import type { PageProps } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { Empty } from '../shell/notices.tsx';
import { Section } from '../shell/section.tsx';
import { BurnUp } from './burn-up.tsx';
import { History } from './history.tsx';
import { Holdouts } from './holdouts.tsx';
import { MoveDay } from './move-day.tsx';
import { PhaseList } from './phase-list.tsx';
import { PhasePage } from './phase-page.tsx';
import { Timeline } from './timeline.tsx';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  left: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
});

/** The rollout as a line to the deadline with its phases, or the one phase that the address names. */
export function RolloutPage(props: PageProps) {
  const styles = useStyles();
  return (
    <div className={styles.page}>
      {props.route.item === null ? <Whole {...props} /> : <PhasePage {...props} name={props.route.item} />}
    </div>
  );
}

function Whole({ customerId, route }: PageProps) {
  const { t } = useWords();
  const rollout = useGet(`/customers/${customerId}/rollout`, rolloutSchema);
  return (
    <Answer query={rollout} rows={10}>
      {({ rollout: found, scope }) =>
        found === null ? (
          <Empty title={t.rollout.emptyTitle} text={t.rollout.empty} />
        ) : (
          <>
            <Line rollout={found} scope={scope} customerId={customerId} />
            {found.progress === null ? null : <BurnUp rollout={found} progress={found.progress} />}
            {scope === 'team' ? null : <History customerId={customerId} />}
            <PhaseList phases={found.phases} route={route} />
            <Holdouts customerId={customerId} route={route} />
          </>
        )
      }
    </Answer>
  );
}

type Found = NonNullable<RolloutAnswer['rollout']>;

type LineProps = { rollout: Found; scope: RolloutAnswer['scope']; customerId: string };

function Line({ rollout, scope, customerId }: LineProps) {
  const styles = useStyles();
  const words = useWords();
  const { t, f } = words;
  const { capable, people } = rollout.counts;
  return (
    <Section title={t.rollout.lineTitle} aside={<Caption1>{t.rollout.ready(f, capable, people)}</Caption1>}>
      {rollout.state === 'running' ? null : (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>{t.rollout.ended[rollout.state]}</MessageBarBody>
        </MessageBar>
      )}
      <Timeline rollout={rollout} />
      <div className={styles.left}>
        <Body1 as="p">{leftText(rollout, words)}</Body1>
        {rollout.mayMove ? <MoveDay customerId={customerId} what={{ deadline: rollout.deadline }} /> : null}
      </div>
      {scope === 'team' ? <Caption1>{t.rollout.teamScope}</Caption1> : null}
    </Section>
  );
}

const DAY_MS = 86_400_000;

function leftText({ state, today, deadline }: Found, { t, f }: Words): string {
  if (state !== 'running') return '';
  const days = Math.round((Date.parse(deadline) - Date.parse(today)) / DAY_MS);
  return days < 0 ? t.rollout.overdue : t.rollout.daysLeft(f, days);
}
