import type { HttpMethod } from '../../http-types.ts';

export type WorkdayCall = {
  area: string;
  method: HttpMethod;
  version: string;
  path: string;
  /** What the integration system user must be allowed to see. */
  permissions: readonly string[];
  limit: string;
};

/** Every request to Workday goes through one of these; docs/permissions.md is compared with this table by a test. */
export const workdayCalls = {
  report: {
    area: 'hr',
    method: 'GET',
    version: 'customreport2',
    path: '/ccx/service/customreport2/{tenant}/{owner}/{report}',
    permissions: ['view the shared report and the domains of its columns'],
    limit: 'workday',
  },
} as const satisfies Record<string, WorkdayCall>;
