/** The control interface's places for Workday, Gmail and ConnectWise. */
import { z } from 'zod';
import { deliveriesOf } from '../gmail/ledger.ts';
import { setWorkdayOptions } from '../people.ts';
import { type ControlRoute, ok, route, withBody, withoutUndefined } from './routes.ts';

const workdayOptionsSchema = z
  .strictObject({
    shape: z.enum(['nested', 'flat']),
    emptyReport: z.enum(['absent', 'empty']),
    showsFutureHires: z.boolean(),
    userMayRunReport: z.boolean(),
    missingColumns: z.array(z.string()),
  })
  .partial();

/** POST /_sandbox/gmail/{tenant}: what the customer's administrator authorises, and how the mailboxes behave. */
const gmailSchema = z.strictObject({
  scopes: z.array(z.string()).optional(),
  options: z
    .strictObject({
      unitsPerMinute: z.int().positive(),
      rateRefusal: z.union([z.literal(429), z.literal(403)]),
      mailsPerDay: z.int().nonnegative(),
      recipientsMax: z.int().positive(),
      replacesMessageId: z.boolean(),
      sentCopyDelayMs: z.int().nonnegative(),
      bounceDelayMs: z.int().nonnegative(),
    })
    .partial()
    .optional(),
});

export const VENDOR_ROUTES: readonly ControlRoute[] = [
  route('POST', '/_sandbox/workday/{company}/options', (deps, call, values) =>
    withBody(call, workdayOptionsSchema, (options) =>
      setWorkdayOptions(deps.world, values.company ?? '', withoutUndefined(options)),
    ),
  ),
  route('POST', '/_sandbox/gmail/{tenant}', (deps, call, values) =>
    withBody(call, gmailSchema, ({ scopes, options }) => {
      const workspace = values.tenant ?? '';
      if (scopes !== undefined) deps.world.record({ type: 'gmail.delegation.set', workspace, scopes });
      if (options === undefined) return;
      deps.world.record({ type: 'gmail.options.set', workspace, options: withoutUndefined(options) });
    }),
  ),
  route('GET', '/_sandbox/gmail/deliveries', (deps, { query }) =>
    ok(
      deliveriesOf(deps.world.state.gmail, {
        mailbox: query.get('mailbox') ?? undefined,
        recipient: query.get('recipient') ?? undefined,
      }),
    ),
  ),
];
