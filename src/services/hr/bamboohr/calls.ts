import type { HttpMethod } from '../../http-types.ts';

export type BambooCall = {
  area: string;
  method: HttpMethod;
  version: string;
  path: string;
  /** What the user of the API key, or whoever consented to the connection, must be allowed to see. */
  permissions: readonly string[];
  /** What a connection must have been granted; null where none is needed. */
  scope: string | null;
  limit: string;
};

/** Every request to BambooHR goes through one of these; docs/permissions.md is compared with this table by a test. */
export const bambooCalls = {
  customReport: {
    area: 'hr',
    method: 'POST',
    version: 'v1',
    path: '/reports/custom',
    permissions: ['view the report fields of all employees'],
    scope: 'report',
    limit: 'bamboohr',
  },
  dataset: {
    area: 'hr',
    method: 'POST',
    version: 'v2',
    path: '/datasets/{name}/data',
    permissions: ['view the dataset fields of all employees'],
    scope: 'report',
    limit: 'bamboohr',
  },
  datasetFields: {
    area: 'hr',
    method: 'GET',
    version: 'v1_2',
    path: '/datasets/{name}/fields',
    permissions: ['view the dataset fields of all employees'],
    scope: 'report',
    limit: 'bamboohr',
  },
  whosOut: {
    area: 'hr',
    method: 'GET',
    version: 'v1',
    path: '/time_off/whos_out',
    permissions: ["view Who's Out"],
    scope: 'time_off',
    limit: 'bamboohr',
  },
  token: {
    area: 'token',
    method: 'POST',
    version: 'oauth',
    path: '/token.php',
    permissions: [],
    scope: null,
    limit: 'none',
  },
} as const satisfies Record<string, BambooCall>;

export type BambooCallName = keyof typeof bambooCalls;

/** What a connection is asked for: each call's scope, and the right to go on without the person who consented. */
export const BAMBOO_SCOPES: readonly string[] = [
  ...new Set(Object.values(bambooCalls).flatMap(({ scope }) => (scope === null ? [] : [scope]))),
  'offline_access',
];

/** The table's entry. */
export function bambooCallOf(name: BambooCallName): BambooCall {
  return bambooCalls[name];
}
