import { Caption1, makeStyles, tokens } from '@fluentui/react-components';
import type { RolloutAnswer } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';

type Rollout = NonNullable<RolloutAnswer['rollout']>;

const HEIGHT = 96;
const LINE_Y = 52;
const RADIUS = 11;
const LANE = 26;
/** Phases closer than this share of the line would cover each other, so the later one stands lower. */
const CLOSE = 0.06;
const EDGE = 0.08;

const useStyles = makeStyles({
  // The ends of the line are half a circle away from the edge.
  frame: { padding: `0 ${RADIUS}px` },
  drawing: { display: 'block', width: '100%', height: `${HEIGHT}px`, overflow: 'visible' },
  line: { stroke: tokens.colorNeutralStrokeAccessible, strokeWidth: 2 },
  past: { stroke: tokens.colorBrandStroke1, strokeWidth: 4 },
  today: { stroke: tokens.colorBrandStroke1, strokeWidth: 2, strokeDasharray: '3 3' },
  todayText: { fill: tokens.colorNeutralForeground1, fontSize: tokens.fontSizeBase200, fontFamily: 'inherit' },
  end: { fill: tokens.colorNeutralForeground1 },
  stem: { stroke: tokens.colorNeutralStrokeAccessible, strokeWidth: 1 },
  open: { fill: tokens.colorNeutralBackground1, stroke: tokens.colorNeutralStrokeAccessible, strokeWidth: 2 },
  done: { fill: tokens.colorBrandBackground, stroke: tokens.colorBrandBackground, strokeWidth: 2 },
  alert: { fill: tokens.colorNeutralBackground1, stroke: tokens.colorPaletteDarkOrangeBorderActive, strokeWidth: 3 },
  number: {
    fill: tokens.colorNeutralForeground1,
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightSemibold,
    fontFamily: 'inherit',
    textAnchor: 'middle',
  },
  numberDone: { fill: tokens.colorNeutralForegroundOnBrand },
  ends: { display: 'flex', justifyContent: 'space-between', flexWrap: 'wrap', columnGap: tokens.spacingHorizontalM },
});

/** The rollout as a line of days with its phases on it, numbered as in the list below. */
export function Timeline({ rollout }: { rollout: Rollout }) {
  const styles = useStyles();
  const { t, f } = useWords();
  const scale = scaleOf(rollout);
  const told = rollout.phases.map((phase, place) =>
    t.rollout.linePhase(
      place + 1,
      phase.name,
      phase.waiting ? t.rollout.waiting : t.rollout.state[phase.state],
      f.day(phase.enforceOn),
    ),
  );
  const label = [t.rollout.line(rollout.name, f.day(rollout.startsOn), f.day(rollout.deadline)), ...told].join(' ');
  return (
    <div>
      <div className={styles.frame}>
        <svg className={styles.drawing} role="img" aria-label={label}>
          <line className={styles.line} x1="0" x2="100%" y1={LINE_Y} y2={LINE_Y} />
          <line className={styles.past} x1="0" x2={scale.percent(rollout.today)} y1={LINE_Y} y2={LINE_Y} />
          <rect className={styles.end} x={scale.percent(rollout.deadline)} y={LINE_Y - 12} width="4" height="24" />
          <Today at={scale.share(rollout.today)} />
          {placesOf(rollout, scale).map(({ place, at, lane, look }) => (
            <g key={place}>
              {lane === 0 ? null : (
                <line className={styles.stem} x1={at} x2={at} y1={LINE_Y} y2={LINE_Y + lane * LANE} />
              )}
              <circle className={styles[look]} cx={at} cy={LINE_Y + lane * LANE} r={RADIUS} />
              <text
                className={`${styles.number} ${look === 'done' ? styles.numberDone : ''}`}
                x={at}
                y={LINE_Y + lane * LANE + 4}
              >
                {place + 1}
              </text>
            </g>
          ))}
        </svg>
      </div>
      <div className={styles.ends} aria-hidden="true">
        <Caption1>{t.rollout.start(f.day(rollout.startsOn))}</Caption1>
        <Caption1>{t.rollout.deadline(f.day(rollout.deadline))}</Caption1>
      </div>
    </div>
  );
}

function Today({ at }: { at: number }) {
  const styles = useStyles();
  const { t } = useWords();
  const x = `${at * 100}%`;
  const anchor = at < EDGE ? 'start' : at > 1 - EDGE ? 'end' : 'middle';
  return (
    <>
      <line className={styles.today} x1={x} x2={x} y1="18" y2={LINE_Y + 14} />
      <text className={styles.todayText} x={x} y="13" textAnchor={anchor}>
        {t.rollout.today}
      </text>
    </>
  );
}

type Scale = { share(day: string): number; percent(day: string): string };

/** From the first day to the last one that anything happens on; today is kept inside. */
function scaleOf({ startsOn, deadline, phases }: Rollout): Scale {
  const days = [startsOn, deadline, ...phases.map(({ enforceOn }) => enforceOn)].map((day) => Date.parse(day));
  const [first, last] = [Math.min(...days), Math.max(...days)];
  const share = (day: string) =>
    last === first ? 0 : Math.min(1, Math.max(0, (Date.parse(day) - first) / (last - first)));
  return { share, percent: (day) => `${share(day) * 100}%` };
}

const LOOK = {
  planned: 'open',
  announced: 'open',
  observing: 'open',
  ready: 'alert',
  blocked: 'alert',
  approved: 'open',
  enforced: 'done',
  held: 'alert',
  rolledBack: 'alert',
} as const;

function placesOf({ phases }: Rollout, scale: Scale) {
  let before = Number.NEGATIVE_INFINITY;
  let lane = 0;
  return phases.map(({ enforceOn, state }, place) => {
    const share = scale.share(enforceOn);
    lane = share - before < CLOSE && lane === 0 ? 1 : 0;
    before = share;
    return { place, at: `${share * 100}%`, lane, look: LOOK[state] };
  });
}
