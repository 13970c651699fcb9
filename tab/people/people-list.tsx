import { Body1, makeStyles, tokens } from '@fluentui/react-components';
import { type KeyboardEvent, useRef } from 'react';
import { PEOPLE_PAGE_ROWS, type PeoplePage, type PersonRow, peoplePageSchema } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import type { Route } from '../route.ts';
import { Answer } from '../shell/answer.tsx';
import { Empty } from '../shell/notices.tsx';
import { useIsPhone } from '../shell/use-phone.ts';
import { PeopleFilters } from './filters.tsx';
import { PeopleCards } from './people-cards.tsx';
import { isFiltered, peoplePath } from './people-paths.ts';
import { PeopleTable } from './people-table.tsx';
import { type PagedRows, usePagedRows } from './use-paged-rows.ts';

const ROW_HEIGHT = 44;
const CARD_HEIGHT = 108;

const useStyles = makeStyles({
  list: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM, paddingTop: tokens.spacingVerticalM },
  quiet: { color: tokens.colorNeutralForeground2 },
  old: { opacity: 0.6 },
  scroller: {
    height: 'clamp(320px, calc(100vh - 330px), 900px)',
    overflow: 'auto',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
    '@media (max-width: 640px)': {
      height: 'max(420px, calc(100vh - 120px))',
      border: 'none',
      backgroundColor: 'transparent',
    },
  },
});

type Props = { customerId: string; route: Route; open: (accountId: string) => void };

/** The people that pass the filters: a table, or cards on a phone; only what is in sight is fetched and drawn. */
export function PeopleList({ customerId, route, open }: Props) {
  const styles = useStyles();
  const { t, f } = useWords();
  const isPhone = useIsPhone();
  const scroller = useRef<HTMLElement>(null);
  const paged = usePagedRows<PersonRow, PeoplePage>({
    pathOf: (page) => peoplePath(customerId, route, page),
    parser: peoplePageSchema,
    pageRows: PEOPLE_PAGE_ROWS,
    rowHeight: isPhone ? CARD_HEIGHT : ROW_HEIGHT,
    scroller,
  });
  return (
    <div className={styles.list}>
      <PeopleFilters customerId={customerId} route={route} />
      <Answer query={paged.first} rows={10}>
        {({ total }) => (
          <>
            <Body1 as="p" role="status" className={styles.quiet}>
              {t.people.count(f, total)}
            </Body1>
            {total === 0 ? (
              <NobodyHere isFiltered={isFiltered(route)} />
            ) : (
              <section
                ref={scroller}
                className={paged.first.isPlaceholderData ? `${styles.scroller} ${styles.old}` : styles.scroller}
                aria-label={t.people.listLabel}
                aria-busy={paged.first.isPlaceholderData}
                // A scrolling region has to be reachable by keyboard even while it has nothing to focus.
                // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
                tabIndex={0}
                onKeyDown={(event) => moveByKey(event, paged)}
              >
                {isPhone ? (
                  <PeopleCards paged={paged} open={open} />
                ) : (
                  <PeopleTable paged={paged} route={route} open={open} />
                )}
              </section>
            )}
          </>
        )}
      </Answer>
    </div>
  );
}

function NobodyHere({ isFiltered: filtered }: { isFiltered: boolean }) {
  const { t } = useWords();
  return filtered ? (
    <Empty title={t.people.noMatchTitle} text={t.people.noMatch} />
  ) : (
    <Empty title={t.people.emptyTitle} text={t.people.empty} />
  );
}

/** Arrow keys, Home and End go from person to person; the row is scrolled into sight first, since it may not exist yet. */
function moveByKey(event: KeyboardEvent<HTMLElement>, { virtualizer, total }: PagedRows<PeoplePage, PersonRow>): void {
  const row = event.target instanceof HTMLElement ? event.target.closest('[data-index]') : null;
  const current = row instanceof HTMLElement ? Number(row.dataset.index) : -1;
  const next = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: total - 1 }[event.key];
  if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const index = Math.min(Math.max(next, 0), total - 1);
  const region = event.currentTarget;
  virtualizer.scrollToIndex(index);
  const focus = (triesLeft: number) => {
    const target = region.querySelector<HTMLElement>(`[data-index="${index}"] [data-opens]`);
    if (target !== null) target.focus({ preventScroll: true });
    else if (triesLeft > 0) requestAnimationFrame(() => focus(triesLeft - 1));
  };
  focus(30);
}
