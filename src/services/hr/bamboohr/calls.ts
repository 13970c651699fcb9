import type { HttpMethod } from '../../http-types.ts';

export type BambooCall = {
  area: string;
  method: HttpMethod;
  version: string;
  path: string;
  /** What the user of the API key must be allowed to see. */
  permissions: readonly string[];
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
    limit: 'bamboohr',
  },
  dataset: {
    area: 'hr',
    method: 'POST',
    version: 'v2',
    path: '/datasets/{name}/data',
    permissions: ['view the dataset fields of all employees'],
    limit: 'bamboohr',
  },
  whosOut: {
    area: 'hr',
    method: 'GET',
    version: 'v1',
    path: '/time_off/whos_out',
    permissions: ["view Who's Out"],
    limit: 'bamboohr',
  },
} as const satisfies Record<string, BambooCall>;

export type BambooCallName = keyof typeof bambooCalls;

/** The table's entry. */
export function bambooCallOf(name: BambooCallName): BambooCall {
  return bambooCalls[name];
}
