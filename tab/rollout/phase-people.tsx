import { Badge, Body1, Caption1, Link, makeStyles, tokens } from '@fluentui/react-components';
import {
  type PhasePeople as Answered,
  enrolmentSchema,
  impactSchema,
  PEOPLE_PAGE_ROWS,
  type PhaseDetail,
  phasePeopleSchema,
} from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import { Search } from '../people/filters.tsx';
import { EnrolmentBadge } from '../people/row-parts.tsx';
import { goTo, type Route } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { Name } from '../shell/name.tsx';
import { Pager } from '../shell/pager.tsx';
import { offsetOf, QueryChoice, searchOf } from '../shell/query-choice.tsx';
import { Section } from '../shell/section.tsx';

const useStyles = makeStyles({
  filters: { display: 'flex', flexWrap: 'wrap', alignItems: 'end', gap: tokens.spacingHorizontalM },
  counts: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(11rem, 1fr))',
    gap: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
  },
  count: { display: 'flex', flexDirection: 'column-reverse', justifyContent: 'flex-end' },
  number: { fontSize: tokens.fontSizeBase500, fontWeight: tokens.fontWeightSemibold },
  list: { display: 'grid', gap: tokens.spacingVerticalM, listStyleType: 'none', padding: 0 },
  item: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 2fr) minmax(0, 2fr) minmax(0, 3fr)',
    gap: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalL}`,
    '@media (max-width: 640px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  who: { display: 'grid', justifyItems: 'start', minWidth: 0, overflowWrap: 'anywhere' },
  badges: { display: 'flex', flexWrap: 'wrap', alignItems: 'start', gap: tokens.spacingHorizontalXS },
  quiet: { color: tokens.colorNeutralForeground2 },
});

type Props = { phase: PhaseDetail; customerId: string; route: Route; openPerson: (accountId: string) => void };

/** The people of a phase, those who are not ready first, with what enforcing would mean for each. */
export function PhasePeople({ phase, customerId, route, openPerson }: Props) {
  const styles = useStyles();
  const { t, f } = useWords();
  const offset = offsetOf(route);
  const { enrolment, impact, search } = route.query;
  const query = searchOf({ phase: phase.name, search, enrolment, impact, offset });
  const people = useGet(`/customers/${customerId}/phase/people?${query}`, phasePeopleSchema);
  const knowsImpact = phase.window !== null;
  return (
    <>
      <ImpactCounts phase={phase} />
      <Section
        title={t.rollout.view.people}
        aside={people.data === undefined ? null : <Caption1>{t.rollout.peopleCount(f, people.data.total)}</Caption1>}
      >
        <div className={styles.filters}>
          <Search route={route} label={t.rollout.search} />
          <QueryChoice
            {...{ route, name: 'enrolment', label: t.rollout.filterEnrolment }}
            options={[
              ['', t.rollout.anyEnrolment],
              ...enrolmentSchema.options.map((one) => [one, t.people.enrolmentValue[one]] as const),
            ]}
          />
          {knowsImpact ? (
            <QueryChoice
              {...{ route, name: 'impact', label: t.rollout.filterImpact }}
              options={[
                ['', t.rollout.anyImpact],
                ...impactSchema.options.map((one) => [one, t.rollout.impact[one]] as const),
              ]}
            />
          ) : null}
        </div>
        <Answer query={people}>
          {(data) => (
            <>
              {data.total === 0 ? <Body1>{t.rollout.nobody}</Body1> : null}
              <Rows rows={data.rows} openPerson={openPerson} />
              <Pager
                {...{ offset, total: data.total, shown: data.rows.length, limit: PEOPLE_PAGE_ROWS }}
                go={(next) => goTo({ ...route, query: { ...route.query, offset: String(next) } })}
              />
            </>
          )}
        </Answer>
      </Section>
    </>
  );
}

function ImpactCounts({ phase: { window } }: { phase: PhaseDetail }) {
  const styles = useStyles();
  const { t, f, language } = useWords();
  if (window === null) return null;
  const read = window.readTo === null ? t.rollout.notRead : t.rollout.readTo(f.instant(window.readTo));
  return (
    <Section title={t.rollout.impactTitle} aside={<Caption1>{read}</Caption1>}>
      {window.problem === null ? null : <Body1>{window.problem[language]}</Body1>}
      <dl className={styles.counts}>
        {impactSchema.options.map((impact) => (
          <div key={impact} className={styles.count}>
            <dt>
              <Caption1 className={styles.quiet}>{t.rollout.impact[impact]}</Caption1>
            </dt>
            <dd className={styles.number}>{f.number(window.counts[impact])}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function Rows({ rows, openPerson }: { rows: Answered['rows']; openPerson: (accountId: string) => void }) {
  const styles = useStyles();
  const { t, f } = useWords();
  return (
    <ul className={styles.list}>
      {rows.map((row) => (
        <li key={row.accountId} className={styles.item}>
          <div className={styles.who}>
            <Link onClick={() => openPerson(row.accountId)}>
              <Name>{row.name}</Name>
            </Link>
            {row.department === null ? null : (
              <Caption1 className={styles.quiet}>
                <Name>{row.department}</Name>
              </Caption1>
            )}
          </div>
          <div className={styles.badges}>
            <EnrolmentBadge enrolment={row.enrolment} />
            {row.exempt === true ? <Mark>{t.rollout.carvedOut}</Mark> : null}
            {row.accountStatus === 'disabled' ? <Mark>{t.rollout.disabled}</Mark> : null}
          </div>
          <div className={styles.who}>
            {row.impact === null ? null : <Body1>{t.rollout.impact[row.impact]}</Body1>}
            <Caption1 className={styles.quiet}>{row.enrolmentWhy}</Caption1>
            {row.lastSeen === null ? null : (
              <Caption1 className={styles.quiet}>{t.rollout.lastSeen(f.instant(row.lastSeen))}</Caption1>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Mark({ children }: { children: string }) {
  return (
    <Badge appearance="outline" shape="rounded" color="informative">
      {children}
    </Badge>
  );
}
