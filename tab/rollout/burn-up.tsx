import { Body1, Caption1, makeStyles, tokens } from '@fluentui/react-components';
import type { RolloutAnswer, RolloutProgress } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { Section } from '../shell/section.tsx';

type Rollout = NonNullable<RolloutAnswer['rollout']>;

const HEIGHT = 180;
/** The drawing is stretched to the width of the page, so its lines must not be. */
const UNSTRETCHED = { vectorEffect: 'non-scaling-stroke' } as const;
const WIDTH = 1000;
const DAY_MS = 86_400_000;
/** Lines at a quarter, the half, three quarters and all of the people. */
const SHARES = [0.25, 0.5, 0.75, 1];

const useStyles = makeStyles({
  forecast: { fontWeight: tokens.fontWeightSemibold },
  chart: { display: 'grid', gridTemplateColumns: 'auto minmax(0, 1fr)', columnGap: tokens.spacingHorizontalS },
  scale: {
    display: 'flex',
    flexDirection: 'column',
    justifyContent: 'space-between',
    textAlign: 'end',
    height: `${HEIGHT}px`,
    color: tokens.colorNeutralForeground2,
  },
  drawing: { display: 'block', width: '100%', height: `${HEIGHT}px`, overflow: 'visible' },
  grid: { stroke: tokens.colorNeutralStroke2, strokeWidth: 1 },
  axis: { stroke: tokens.colorNeutralStrokeAccessible, strokeWidth: 1 },
  plan: { stroke: tokens.colorNeutralForeground2, strokeWidth: 2, strokeDasharray: '2 4', fill: 'none' },
  area: { fill: tokens.colorBrandBackground2, stroke: 'none', forcedColorAdjust: 'auto' },
  enrolled: { stroke: tokens.colorBrandStroke1, strokeWidth: 3, fill: 'none' },
  range: { fill: tokens.colorBrandBackground2, stroke: 'none', opacity: 0.6 },
  expected: { stroke: tokens.colorBrandStroke1, strokeWidth: 2, strokeDasharray: '8 5', fill: 'none' },
  today: { stroke: tokens.colorBrandStroke1, strokeWidth: 1, strokeDasharray: '3 3' },
  ends: { gridColumn: 2, display: 'flex', justifyContent: 'space-between', columnGap: tokens.spacingHorizontalM },
  legend: { display: 'flex', flexWrap: 'wrap', gap: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalL}` },
  key: { display: 'inline-flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  details: { '& summary': { cursor: 'pointer' } },
  scroll: { overflowX: 'auto', maxHeight: '20rem' },
  table: {
    borderCollapse: 'collapse',
    fontSize: tokens.fontSizeBase200,
    '& th, & td': {
      padding: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalM}`,
      textAlign: 'end',
      borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    },
    '& th:first-child': { textAlign: 'start' },
  },
});

/** Who can answer MFA day by day beside who should, to the deadline, and what to expect; the same as a table. */
export function BurnUp({ rollout, progress }: { rollout: Rollout; progress: RolloutProgress }) {
  const styles = useStyles();
  const { t, language } = useWords();
  const words = t.rollout.burnUp;
  return (
    <Section title={words.title}>
      <Body1 as="p" className={styles.forecast}>
        {progress.sentence[language]}
      </Body1>
      {progress.forecast.kind === 'expected' ? <Caption1 as="p">{words.method}</Caption1> : null}
      {progress.days.length === 0 ? null : (
        <>
          <Chart rollout={rollout} progress={progress} />
          <Legend />
          <DayTable progress={progress} />
        </>
      )}
    </Section>
  );
}

function Chart({ rollout, progress }: { rollout: Rollout; progress: RolloutProgress }) {
  const styles = useStyles();
  const { t, f } = useWords();
  const scale = scaleOf(rollout, progress);
  const { days, forecast } = progress;
  const last = days.at(-1);
  const words = t.rollout.burnUp;
  const label = last === undefined ? words.title : words.told(f, last.capable, last.people, f.day(last.day));
  const line = days.map(({ day, capable }) => [scale.x(day), scale.y(capable)] as const);
  const first = line[0]?.[0] ?? 0;
  const end = line.at(-1)?.[0] ?? 0;
  return (
    <div className={styles.chart}>
      <div className={styles.scale} aria-hidden="true">
        <Caption1>{f.number(scale.people)}</Caption1>
        <Caption1>0</Caption1>
      </div>
      <svg
        className={styles.drawing}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {SHARES.map((share) => (
          <line
            key={share}
            className={styles.grid}
            {...UNSTRETCHED}
            x1={0}
            x2={WIDTH}
            y1={HEIGHT * (1 - share)}
            y2={HEIGHT * (1 - share)}
          />
        ))}
        <line className={styles.axis} {...UNSTRETCHED} x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
        <polygon className={styles.area} points={pointsOf([[first, HEIGHT], ...line, [end, HEIGHT]])} />
        <polyline className={styles.plan} {...UNSTRETCHED} points={pointsOf(planLine(progress, scale))} />
        {forecast.kind === 'expected' && last !== undefined ? <Expected {...{ forecast, last, scale }} /> : null}
        <polyline className={styles.enrolled} {...UNSTRETCHED} points={pointsOf(line)} />
        <line
          className={styles.today}
          {...UNSTRETCHED}
          x1={scale.x(rollout.today)}
          x2={scale.x(rollout.today)}
          y1={0}
          y2={HEIGHT}
        />
      </svg>
      <div className={styles.ends} aria-hidden="true">
        <Caption1>{f.day(scale.from)}</Caption1>
        <Caption1>{t.rollout.deadline(f.day(rollout.deadline))}</Caption1>
      </div>
    </div>
  );
}

type Expecting = {
  forecast: Extract<RolloutProgress['forecast'], { kind: 'expected' }>;
  last: RolloutProgress['days'][number];
  scale: Scale;
};

function Expected({ forecast: { by, atRisk }, last, scale }: Expecting) {
  const styles = useStyles();
  const at = (left: number) => [scale.x(by), scale.y(last.people - left)] as const;
  const now = [scale.x(last.day), scale.y(last.capable)] as const;
  return (
    <>
      <polygon className={styles.range} points={pointsOf([now, at(atRisk.low), at(atRisk.high)])} />
      <polyline className={styles.expected} {...UNSTRETCHED} points={pointsOf([now, at(atRisk.expected)])} />
    </>
  );
}

function Legend() {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <div className={styles.legend} aria-hidden="true">
      {(['enrolled', 'plan', 'expected'] as const).map((key) => (
        <span key={key} className={styles.key}>
          <svg width="28" height="8" aria-hidden="true">
            <line className={styles[key]} x1="0" x2="28" y1="4" y2="4" />
          </svg>
          <Caption1>{t.rollout.burnUp[key]}</Caption1>
        </span>
      ))}
    </div>
  );
}

function DayTable({ progress: { days, plan } }: { progress: RolloutProgress }) {
  const styles = useStyles();
  const { t, f } = useWords();
  const words = t.rollout.burnUp;
  return (
    <details className={styles.details}>
      <summary>{words.asTable}</summary>
      <section className={styles.scroll} aria-label={words.asTable}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{words.day}</th>
              <th scope="col">{words.enrolled}</th>
              <th scope="col">{words.plan}</th>
              <th scope="col">{words.people}</th>
            </tr>
          </thead>
          <tbody>
            {days.map(({ day, capable, people }) => (
              <tr key={day}>
                <th scope="row">{f.day(day)}</th>
                <td>{f.number(capable)}</td>
                <td>{f.number(plan.findLast((step) => step.day <= day)?.people ?? 0)}</td>
                <td>{f.number(people)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

type Scale = { from: string; people: number; x(day: string): number; y(people: number): number };
type Point = readonly [x: number, y: number];

function scaleOf(rollout: Rollout, { days, plan }: RolloutProgress): Scale {
  const all = [rollout.startsOn, rollout.deadline, ...days.map(({ day }) => day), ...plan.map(({ day }) => day)].sort();
  const [from, to] = [all[0] ?? rollout.startsOn, all.at(-1) ?? rollout.deadline];
  const span = Math.max(DAY_MS, Date.parse(to) - Date.parse(from));
  const people = Math.max(1, ...days.map((one) => one.people), ...plan.map((one) => one.people));
  return {
    from,
    people,
    x: (day) => (WIDTH * Math.min(span, Math.max(0, Date.parse(day) - Date.parse(from)))) / span,
    y: (count) => HEIGHT * (1 - count / people),
  };
}

/** Steps up on the day of a phase, and level until the next. */
function planLine({ plan }: RolloutProgress, scale: Scale): Point[] {
  const points: Point[] = [[0, scale.y(0)]];
  for (const { day, people } of plan) {
    points.push([scale.x(day), points.at(-1)?.[1] ?? 0], [scale.x(day), scale.y(people)]);
  }
  return [...points, [WIDTH, points.at(-1)?.[1] ?? 0]];
}

function pointsOf(points: readonly Point[]): string {
  return points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
}
