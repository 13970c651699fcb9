/** Where the person is: a page, what is open on it and how it is filtered, all in the address's hash. */
import { useSyncExternalStore } from 'react';

export const PAGES = [
  'overview',
  'rollout',
  'people',
  'exceptions',
  'findings',
  'helpdesk',
  'policy',
  'takeover',
  'drift',
  'setup',
] as const;
export type PageName = (typeof PAGES)[number];

export type Route = {
  /** Null: the customer last picked, or the only one. */
  customerId: string | null;
  page: PageName;
  /** What is open on the page: an account in the master list, a phase of the rollout. */
  item: string | null;
  query: Readonly<Record<string, string>>;
};

/** What every page is given. */
export type PageProps = { customerId: string; route: Route };

/** Names that other parts of the product use for the same pages, so that their deep links arrive. */
const ALIASES: Readonly<Record<string, PageName>> = {
  overview: 'overview',
  rollout: 'rollout',
  phases: 'rollout',
  findings: 'findings',
  helpdesk: 'helpdesk',
  stuck: 'helpdesk',
  drift: 'drift',
  people: 'people',
  roster: 'people',
  exceptions: 'exceptions',
  policy: 'policy',
  policydraft: 'policy',
  'policy-draft': 'policy',
  takeover: 'takeover',
  setup: 'setup',
  'set-up': 'setup',
};

/** The page that Teams opens when somebody adds the tab to a channel by hand; see the app's manifest. */
export function isConfiguring(hash: string): boolean {
  return /^#?\/?configure(?:[/?]|$)/i.test(hash);
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads `[customer/]page[/item][?filters]`; what it does not know leads to the overview. */
export function parseRoute(text: string): Route {
  const [path = '', search = ''] = text.replace(/^#?\/?/, '').split('?', 2);
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const customerId = GUID.test(parts[0] ?? '') ? (parts.shift() ?? '').toLowerCase() : null;
  const page = ALIASES[(parts[0] ?? '').toLowerCase()] ?? 'overview';
  const query = Object.fromEntries([...new URLSearchParams(search)].filter(([, value]) => value !== ''));
  return { customerId, page, item: parts[1] ?? null, query };
}

/** A broken escape in a link is shown as it is rather than breaking the page. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The hash of a route, without empty filters. */
export function formatRoute({ customerId, page, item, query }: Route): string {
  const path = [customerId, page, item].filter((part) => part !== null).map(encodeURIComponent);
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#${path.join('/')}${search === '' ? '' : `?${search}`}`;
}

/** Goes to a route; `replace` leaves no step for the back button (typing in a filter is no step). */
export function goTo(route: Route, options: { replace?: boolean } = {}): void {
  const hash = formatRoute(route);
  if (hash === location.hash) return;
  if (options.replace === true) location.replace(hash);
  else location.hash = hash;
}

/** The route shown, following the address. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(followHash, () => location.hash);
  return parseRoute(hash);
}

function followHash(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}
