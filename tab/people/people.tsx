import { makeStyles, Tab, TabList, tokens } from '@fluentui/react-components';
import { useWords } from '../i18n/words.tsx';
import { goTo, type PageProps } from '../route.ts';
import { Leftovers } from './leftovers.tsx';
import { PeopleList } from './people-list.tsx';
import { type View, viewOf } from './people-paths.ts';
import { PersonDrawer } from './person-drawer.tsx';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  views: { overflowX: 'auto' },
});

/** The master list with its left-overs; a person opens in a drawer that has an address of its own. */
export function PeoplePage({ customerId, route }: PageProps) {
  const styles = useStyles();
  const { t } = useWords();
  const view = viewOf(route);
  const labels: Record<View, string> = {
    people: t.people.viewPeople,
    hrWithoutAccount: t.people.viewHr,
    accountWithoutHr: t.people.viewAccounts,
    suggestions: t.people.viewSuggestions,
  };
  const open = (accountId: string) => goTo({ ...route, item: accountId });
  return (
    <div className={styles.page}>
      <div className={styles.views}>
        <TabList
          size="small"
          aria-label={t.people.views}
          selectedValue={view}
          onTabSelect={(_, { value }) => goTo({ ...route, item: null, query: { view: String(value) } })}
        >
          {Object.entries(labels).map(([name, label]) => (
            <Tab key={name} value={name} id={`view-${name}`} aria-controls="view">
              {label}
            </Tab>
          ))}
        </TabList>
      </div>
      <div id="view" role="tabpanel" aria-labelledby={`view-${view}`}>
        {view === 'people' ? (
          <PeopleList customerId={customerId} route={route} open={open} />
        ) : (
          <Leftovers key={view} kind={view} customerId={customerId} route={route} open={open} />
        )}
      </div>
      <PersonDrawer
        customerId={customerId}
        accountId={route.item}
        open={open}
        close={() => goTo({ ...route, item: null })}
      />
    </div>
  );
}
