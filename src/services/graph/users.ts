import { VendorBrokenError, VendorError, VendorRefusedError } from '../../lib/errors.ts';
import type { Graph } from './client.ts';
import { objectOf, type Page, pagesOf, type ReadOptions, rowsOf } from './pages.ts';
import { type GraphUser, type GraphUserChange, graphCallFacts, userChangeSchema, userSchema } from './wire.ts';

/**
 * What the master list, the exceptions and the rules ask of a user; a large tenant's bytes are mostly these columns.
 * `signInActivity` is left out on purpose: selecting it moves the listing to a limit of a few requests a minute over
 * all tenants. Mailbox settings cannot be selected on the collection.
 */
const USER_PROPERTIES = [
  'id',
  'userPrincipalName',
  'displayName',
  'mail',
  'employeeId',
  'department',
  'jobTitle',
  'accountEnabled',
  'userType',
  'onPremisesSyncEnabled',
  'assignedLicenses',
  'proxyAddresses',
  'externalUserState',
] as const;

const SELECT = USER_PROPERTIES.join(',');
/** The manager is an account of the same listing: the id leads to everything else about it. */
const EXPAND_MANAGER = 'manager($select=id)';
/** Graph refuses more. */
const PAGE_SIZE = 999;

/** Every user of the tenant with the manager. Needs User.Read.All. */
export function listUsers(graph: Graph, options: ReadOptions = {}): Promise<GraphUser[]> {
  return rowsOf(graph, usersListing(options));
}

function usersListing(options: ReadOptions) {
  return {
    call: 'users.list',
    row: userSchema,
    options: { ...options, query: { $select: SELECT, $expand: EXPAND_MANAGER, $top: PAGE_SIZE } },
  } as const;
}

/** One user with the manager by object id; null where there is none (any more). Needs User.Read.All. */
export async function getUser(graph: Graph, id: string, options: ReadOptions = {}): Promise<GraphUser | null> {
  try {
    return await objectOf(graph, {
      call: 'users.get',
      schema: userSchema,
      options: { ...options, ids: { id }, query: { $select: SELECT, $expand: EXPAND_MANAGER } },
    });
  } catch (error) {
    if (error instanceof VendorRefusedError && error.call.status === 404) return null;
    throw error;
  }
}

/**
 * Starts to watch users from now on and gives the link to ask with: take it before a full listing, so that no change
 * falls between the two. Needs User.Read.All.
 */
export async function startUserDelta(graph: Graph, options: ReadOptions = {}): Promise<string> {
  const query = { $select: `${SELECT},manager`, $deltaToken: 'latest' };
  let deltaLink: string | undefined;
  const listing = {
    call: 'users.delta',
    row: userChangeSchema,
    mayRepeat: true,
    options: { ...options, query },
  } as const;
  for await (const page of pagesOf(graph, listing)) deltaLink = page.deltaLink ?? deltaLink;
  return presentDeltaLink(deltaLink);
}

export type UserDelta =
  | { kind: 'changes'; deltaLink: string }
  /** The link is too old or the service asks for a new start: a full listing is due. */
  | { kind: 'deltaExpired' };

/**
 * Reads what changed since the link was given, page by page into `onChanges`, and gives the next link. A user can come
 * several times, the last one counts; deleted ones carry `@removed`; a changed manager comes as `manager@delta`. The
 * new link may be kept only after every page was taken in. Needs User.Read.All.
 */
export async function readUserDelta(
  graph: Graph,
  read: ReadOptions & { deltaLink: string; onChanges: (rows: GraphUserChange[]) => Promise<void> | void },
): Promise<UserDelta> {
  const { deltaLink: link, onChanges, ...options } = read;
  // A link kept from another address of this customer must not be followed with today's token.
  if (!URL.canParse(link) || new URL(link).origin !== graph.origin) return { kind: 'deltaExpired' };
  let deltaLink: string | undefined;
  const pages = pagesOf(graph, {
    call: 'users.delta',
    row: userChangeSchema,
    mayRepeat: true,
    options: { ...options, link },
  });
  for (;;) {
    const next = await nextPage(pages);
    if (next === 'deltaExpired') return { kind: 'deltaExpired' };
    if (next === 'end') return { kind: 'changes', deltaLink: presentDeltaLink(deltaLink) };
    deltaLink = next.deltaLink ?? deltaLink;
    await onChanges(next.rows);
  }
}

async function nextPage<T>(pages: AsyncGenerator<Page<T>, void, undefined>): Promise<Page<T> | 'end' | 'deltaExpired'> {
  try {
    const next = await pages.next();
    return next.done === true ? 'end' : next.value;
  } catch (error) {
    if (error instanceof VendorError && isDeltaExpiry(error)) return 'deltaExpired';
    throw error;
  }
}

function isDeltaExpiry({ call }: VendorError): boolean {
  if (call.status === 410) return true;
  return call.status !== undefined && call.status < 500 && /^(syncState|resync)/i.test(call.vendorCode ?? '');
}

function presentDeltaLink(deltaLink: string | undefined): string {
  if (deltaLink === undefined)
    throw new VendorBrokenError(graphCallFacts('users.delta'), 'the delta ended without a new link');
  return deltaLink;
}
