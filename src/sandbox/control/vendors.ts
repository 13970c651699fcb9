/** The control interface's places for Workday, Gmail and ConnectWise. */
import { z } from 'zod';
import { setWorkdayOptions } from '../people.ts';
import { type ControlRoute, route, withBody, withoutUndefined } from './routes.ts';

const workdayOptionsSchema = z
  .strictObject({
    shape: z.enum(['nested', 'flat']),
    emptyReport: z.enum(['absent', 'empty']),
    showsFutureHires: z.boolean(),
    userMayRunReport: z.boolean(),
    missingColumns: z.array(z.string()),
  })
  .partial();

export const VENDOR_ROUTES: readonly ControlRoute[] = [
  route('POST', '/_sandbox/workday/{company}/options', (deps, call, values) =>
    withBody(call, workdayOptionsSchema, (options) =>
      setWorkdayOptions(deps.world, values.company ?? '', withoutUndefined(options)),
    ),
  ),
];
