import { Body1, Caption1, makeStyles, tokens } from '@fluentui/react-components';
import { type Overview, overviewSchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import type { PageProps, Route } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { Empty } from '../shell/notices.tsx';
import { Section } from '../shell/section.tsx';
import { Counts } from './counts.tsx';
import { Decisions } from './decisions.tsx';
import { Departments } from './departments.tsx';
import { Forecast } from './forecast.tsx';
import { NextSteps } from './next-steps.tsx';
import { SourceList, Sources } from './sources.tsx';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  columns: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 3fr) minmax(0, 2fr)',
    alignItems: 'start',
    gap: tokens.spacingHorizontalL,
    '@media (max-width: 900px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  side: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL, minWidth: 0 },
});

/** Where the customer stands, what waits for the person who looks, and how old the facts are. */
export function OverviewPage({ customerId, route }: PageProps) {
  const styles = useStyles();
  const overview = useGet(`/customers/${customerId}/overview`, overviewSchema);
  return (
    <div className={styles.page}>
      <Answer query={overview} rows={10}>
        {(data) => (data.takenAt === null ? <NothingRead data={data} /> : <Facts data={data} route={route} />)}
      </Answer>
    </div>
  );
}

function NothingRead({ data }: { data: Overview }) {
  const { t } = useWords();
  return (
    <Empty title={t.overview.emptyTitle} text={t.overview.empty}>
      {data.sources.length === 0 ? null : (
        <>
          <Body1>{t.overview.emptyReasons}</Body1>
          <SourceList sources={data.sources} />
        </>
      )}
    </Empty>
  );
}

function Facts({ data, route }: { data: Overview; route: Route }) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <>
      <Decisions decisions={data.decisions} route={route} />
      <Section
        title={t.overview.countsTitle}
        aside={data.scope === 'team' ? <Caption1>{t.overview.teamScope}</Caption1> : null}
      >
        <Counts counts={data.counts} />
        {data.scope === 'team' ? null : <Forecast customerId={data.customer.id} />}
      </Section>
      <div className={styles.columns}>
        <Departments departments={data.departments} route={route} />
        <div className={styles.side}>
          <NextSteps counts={data.counts} phases={data.phases} route={route} />
          <Sources sources={data.sources} />
        </div>
      </div>
    </>
  );
}
