import { makeStyles, mergeClasses, Select, Tab, TabList, tokens } from '@fluentui/react-components';
import { useEffect } from 'react';
import { type Me, type Overview, overviewSchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import { goTo, type PageName, type Route } from '../route.ts';
import { useIsPhone } from './use-phone.ts';

type Role = Me['customers'][number]['roles'][number];
type PageGroup = 'start' | 'prepare' | 'roll' | 'after';

/** The pages in the order in which a rollout needs them: who and how, then phase by phase, then what is left. */
const GROUPS: readonly (readonly [PageGroup, readonly PageName[]])[] = [
  ['start', ['overview']],
  ['prepare', ['people', 'exceptions', 'policy', 'setup']],
  ['roll', ['rollout', 'findings', 'helpdesk']],
  ['after', ['takeover', 'drift']],
];

const OF_DECIDERS: ReadonlySet<PageName> = new Set(['policy', 'takeover', 'drift', 'setup']);
const OF_MANAGERS: ReadonlySet<PageName> = new Set(['overview', 'rollout', 'people']);

type Group = { group: PageGroup; pages: readonly PageName[] };

/** Only what the server would show: a manager sees the own people, the draft is for those who may decide something. */
export function pageGroups(roles: readonly Role[]): Group[] {
  const isManagerOnly = roles.every((role) => role === 'manager');
  const decides = roles.some((role) => role === 'engineer' || role === 'approver');
  const isSeen = (page: PageName) => (isManagerOnly ? OF_MANAGERS.has(page) : decides || !OF_DECIDERS.has(page));
  return GROUPS.map(([group, pages]) => ({ group, pages: pages.filter(isSeen) })).filter(
    ({ pages }) => pages.length > 0,
  );
}

const useStyles = makeStyles({
  // The tabs are wider than a narrow window in German; the strip scrolls by itself then, not the page.
  tabs: { overflowX: 'auto', margin: `0 calc(-1 * ${tokens.spacingHorizontalS})` },
  first: {
    marginInlineStart: tokens.spacingHorizontalM,
    borderInlineStartWidth: '1px',
    borderInlineStartStyle: 'solid',
    borderInlineStartColor: tokens.colorNeutralStroke1,
    borderStartStartRadius: 0,
    borderEndStartRadius: 0,
  },
  dot: {
    display: 'inline-block',
    width: '8px',
    height: '8px',
    marginInlineStart: tokens.spacingHorizontalXS,
    borderRadius: tokens.borderRadiusCircular,
    backgroundColor: tokens.colorPaletteDarkOrangeBackground3,
    // Forced colours paint every background alike; a border stays.
    border: '1px solid transparent',
    verticalAlign: 'middle',
  },
  phone: { width: '100%' },
});

type Props = { customerId: string; roles: readonly Role[]; page: PageName; route: Route };

/** The pages of somebody, in groups, with a mark on those where something waits for him; a list to choose from on a phone. */
export function Navigation({ customerId, roles, page, route }: Props) {
  const styles = useStyles();
  const { t } = useWords();
  const isPhone = useIsPhone();
  const waiting = useWaiting(customerId);
  const groups = pageGroups(roles);
  const go = (name: PageName) => goTo({ customerId: route.customerId, page: name, item: null, query: {} });
  useEffect(() => {
    document.getElementById(`tab-${page}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [page]);
  if (isPhone) {
    return (
      <nav aria-label={t.app.pages}>
        <Select
          className={styles.phone}
          aria-label={t.app.page}
          value={page}
          onChange={(_, { value }) => go(value as PageName)}
        >
          {groups.map(({ group, pages }) => (
            <optgroup key={group} label={t.app.group[group]}>
              {pages.map((name) => (
                <option key={name} value={name}>
                  {waiting.has(name) ? t.app.waitingPage(t.app[name]) : t.app[name]}
                </option>
              ))}
            </optgroup>
          ))}
        </Select>
      </nav>
    );
  }
  return (
    <nav className={styles.tabs} aria-label={t.app.pages}>
      <TabList aria-label={t.app.pages} selectedValue={page} onTabSelect={(_, { value }) => go(value as PageName)}>
        {groups.flatMap(({ group, pages }, place) =>
          pages.map((name, index) => (
            <Tab
              key={name}
              value={name}
              id={`tab-${name}`}
              aria-controls="page"
              className={mergeClasses(place > 0 && index === 0 && styles.first)}
              title={t.app.group[group]}
              {...(waiting.has(name) ? { 'aria-description': t.app.waiting } : {})}
            >
              {t.app[name]}
              {waiting.has(name) ? <span className={styles.dot} aria-hidden="true" /> : null}
            </Tab>
          )),
        )}
      </TabList>
    </nav>
  );
}

const NOTHING: ReadonlySet<PageName> = new Set();

function useWaiting(customerId: string): ReadonlySet<PageName> {
  const { data } = useGet(`/customers/${customerId}/overview`, overviewSchema);
  return data === undefined ? NOTHING : waitingOn(data);
}

/** Pages where a decision of the one who looks, or something to be mended, stands open. */
function waitingOn({ decisions, phases }: Pick<Overview, 'decisions' | 'phases'>): ReadonlySet<PageName> {
  const isOpen = (kind: Overview['decisions'][number]['kind']) =>
    decisions.some((one) => one.kind === kind && one.mayDecide && (one.state === 'open' || one.state === 'outdated'));
  const isHeldUp = phases.some(({ state }) => state === 'ready' || state === 'blocked');
  return new Set<PageName>([
    ...(isOpen('exceptions') ? (['exceptions'] as const) : []),
    ...(isOpen('policyDraft') ? (['policy'] as const) : []),
    ...(isHeldUp ? (['rollout'] as const) : []),
  ]);
}
