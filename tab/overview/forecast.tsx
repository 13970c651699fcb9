import { Body1Strong, Caption1, makeStyles, tokens } from '@fluentui/react-components';
import { type RolloutProgress, rolloutSchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';

const useStyles = makeStyles({
  part: { display: 'grid', gap: tokens.spacingVerticalXS },
  how: { '& summary': { cursor: 'pointer', fontSize: tokens.fontSizeBase200 } },
});

/** What to expect by the deadline, and on demand how that is known; nothing while no rollout runs. */
export function Forecast({ customerId }: { customerId: string }) {
  const styles = useStyles();
  const { t, language } = useWords();
  const { data } = useGet(`/customers/${customerId}/rollout`, rolloutSchema);
  const rollout = data?.rollout ?? null;
  if (rollout?.state !== 'running' || rollout.progress === null) return null;
  const { sentence, forecast } = rollout.progress;
  return (
    <div className={styles.part}>
      <Body1Strong as="p">{sentence[language]}</Body1Strong>
      {forecast.kind === 'expected' ? (
        <details className={styles.how}>
          <summary>{t.overview.forecastHow}</summary>
          <Method forecast={forecast} />
        </details>
      ) : null}
    </div>
  );
}

type Expected = Extract<RolloutProgress['forecast'], { kind: 'expected' }>;

function Method({ forecast }: { forecast: Expected }) {
  const { t, f } = useWords();
  const { basis, percent, atRisk, perHundredADay } = forecast;
  const range = { percent: `${percent.low}–${percent.high} %`, people: `${atRisk.low}–${atRisk.high}` };
  return (
    <Caption1 as="p" block>
      {t.overview.forecastBasis(f.number(basis.enrolled), f.day(basis.from), f.day(basis.to))}{' '}
      {t.overview.forecastPace(f.number(perHundredADay))} {t.overview.forecastRange(range.percent, range.people)}
    </Caption1>
  );
}
