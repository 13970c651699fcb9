import { Body1, Caption1, Link, makeStyles, tokens } from '@fluentui/react-components';
import { type Holdouts as Answered, holdoutsSchema, PEOPLE_PAGE_ROWS } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import { EnrolmentBadge } from '../people/row-parts.tsx';
import { goTo, type Route } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { Name } from '../shell/name.tsx';
import { Pager } from '../shell/pager.tsx';
import { offsetOf, searchOf } from '../shell/query-choice.tsx';
import { Section } from '../shell/section.tsx';

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalM, listStyleType: 'none', padding: 0 },
  item: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 2fr) minmax(0, 2fr) minmax(0, 3fr)',
    gap: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalL}`,
    alignItems: 'start',
    '@media (max-width: 640px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  who: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalS,
    minWidth: 0,
    overflowWrap: 'anywhere',
  },
  stack: { display: 'grid', minWidth: 0, overflowWrap: 'anywhere' },
  quiet: { color: tokens.colorNeutralForeground2 },
});

/** People of the phases ahead who cannot answer MFA yet, the nearest phase first. */
export function Holdouts({ customerId, route }: { customerId: string; route: Route }) {
  const { t, f } = useWords();
  const offset = offsetOf(route);
  const holdouts = useGet(`/customers/${customerId}/holdouts?${searchOf({ offset })}`, holdoutsSchema);
  const count = holdouts.data === undefined ? null : t.rollout.peopleCount(f, holdouts.data.total);
  return (
    <Section title={t.rollout.holdoutsTitle} aside={count === null ? null : <Caption1>{count}</Caption1>}>
      <Answer query={holdouts} rows={4}>
        {(data) => (
          <>
            {data.total === 0 ? <Body1>{t.rollout.holdoutsNone}</Body1> : null}
            <Rows rows={data.rows} route={route} />
            <Pager
              {...{ offset, total: data.total, shown: data.rows.length, limit: PEOPLE_PAGE_ROWS }}
              go={(next) => goTo({ ...route, query: { ...route.query, offset: String(next) } })}
            />
          </>
        )}
      </Answer>
    </Section>
  );
}

function Rows({ rows, route }: { rows: Answered['rows']; route: Route }) {
  const styles = useStyles();
  const { t, f } = useWords();
  return (
    <ul className={styles.list}>
      {rows.map((row) => (
        <li key={row.accountId} className={styles.item}>
          <div className={styles.who}>
            <Link onClick={() => goTo({ ...route, page: 'people', item: row.accountId, query: {} })}>
              <Name>{row.name}</Name>
            </Link>
            <EnrolmentBadge enrolment={row.enrolment} />
          </div>
          <Caption1 className={styles.stack}>
            <span>{t.rollout.holdout(row.phase, f.day(row.enforceOn))}</span>
            <span className={styles.quiet}>
              {row.manager === null ? t.rollout.noManager : t.rollout.manager(row.manager)}
            </span>
          </Caption1>
          <Caption1 className={styles.stack}>
            <span>{row.enrolmentWhy}</span>
            <span className={styles.quiet}>
              {row.lastMessage === null
                ? t.rollout.notWritten
                : t.rollout.written(
                    t.rollout.message[row.lastMessage.message],
                    t.rollout.ledger[row.lastMessage.state],
                    f.instant(row.lastMessage.at),
                  )}
            </span>
          </Caption1>
        </li>
      ))}
    </ul>
  );
}
