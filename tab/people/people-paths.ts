/** What the master list is filtered by, as it stands in the address, and the calls that follow from it. */
import { LEFTOVER_PAGE_ROWS, type LeftoversQuery, PEOPLE_PAGE_ROWS, type PeopleQuery } from '../../src/contract.ts';
import type { Route } from '../route.ts';

export type LeftoverKind = LeftoversQuery['kind'];
export type View = 'people' | LeftoverKind;
export type Sort = PeopleQuery['sort'];

export const SORTS: readonly Sort[] = ['name', '-name', 'department', '-department', 'enrolment', '-enrolment'];
const VIEWS: readonly View[] = ['people', 'hrWithoutAccount', 'accountWithoutHr', 'suggestions'];

/** Filters of the people that the server knows under the same name; the department is a special case. */
const FILTERS = ['search', 'enrolment', 'accountStatus', 'class', 'difference', 'sort'] as const;

/** The list that the address names. */
export function viewOf({ query }: Route): View {
  return VIEWS.find((view) => view === query.view) ?? 'people';
}

/** The order that the address names. */
export function sortOf({ query }: Route): Sort {
  return SORTS.find((sort) => sort === query.sort) ?? 'name';
}

/** Whether anything but the order and the list is chosen. */
export function isFiltered(route: Route): boolean {
  return route.query.search !== undefined || countFilters(route) > 0;
}

/** How many filters beside the search are chosen. */
export function countFilters({ query }: Route): number {
  return Object.keys(query).filter((name) => name !== 'sort' && name !== 'view' && name !== 'search').length;
}

/** The call for one page of people; `withoutDepartment` is asked for by an empty department. */
export function peoplePath(customerId: string, { query }: Route, page: number): string {
  const search = new URLSearchParams();
  for (const name of FILTERS) {
    const value = query[name];
    if (value !== undefined) search.set(name, value);
  }
  if (query.department !== undefined) search.set('department', query.department);
  else if (query.withoutDepartment !== undefined) search.set('department', '');
  search.set('offset', String(page * PEOPLE_PAGE_ROWS));
  return `/customers/${customerId}/people?${search.toString()}`;
}

/** The call for one page of a list of left-overs. */
export function leftoversPath(customerId: string, { query }: Route, page: number): string {
  const search = new URLSearchParams({ kind: query.view ?? 'hrWithoutAccount' });
  if (query.search !== undefined) search.set('search', query.search);
  if (query.view === 'accountWithoutHr' && query.class !== undefined) search.set('class', query.class);
  search.set('offset', String(page * LEFTOVER_PAGE_ROWS));
  return `/customers/${customerId}/leftovers?${search.toString()}`;
}
