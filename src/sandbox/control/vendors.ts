/** The control interface's places for Workday, Gmail and ConnectWise. */
import { z } from 'zod';
import { EMAIL_CONNECTOR, moveTicket, openTicket, replyToTicket } from '../connectwise/customers.ts';
import { deliveriesOf } from '../gmail/ledger.ts';
import { setWorkdayOptions } from '../people.ts';
import { type ControlRoute, ok, readBody, route, withBody, withoutUndefined } from './routes.ts';

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
      dayRefusal: z.enum(['rateLimitExceeded', 'dailyLimitExceeded']),
      recipientsPerDay: z.int().nonnegative(),
      recipientsMax: z.int().positive(),
      replacesMessageId: z.boolean(),
      sentCopyDelayMs: z.int().nonnegative(),
      bounceDelayMs: z.int().nonnegative(),
    })
    .partial()
    .optional(),
});

const connectWiseOptionsSchema = z
  .strictObject({
    requestsPerMinute: z.int().positive().nullable(),
    codebase: z.string().regex(/^v\d{4}_\d$/),
    wrongKeyStatus: z.union([z.literal(401), z.literal(404)]),
    forwardOnly: z.union([z.boolean(), z.literal('refused')]),
    customFieldsInPatch: z.boolean(),
    deliveries: z.enum(['once', 'twice', 'never']),
  })
  .partial();

/** POST /_sandbox/connectwise/tickets: a customer's mail becomes a ticket. */
const ticketSchema = z.strictObject({
  from: z.string(),
  summary: z.string(),
  description: z.string(),
  board: z.string().optional(),
});

/** POST /_sandbox/connectwise/tickets/{id}: the customer answers, or a technician moves the ticket. */
const ticketChangeSchema = z.union([
  z.strictObject({ from: z.string(), text: z.string() }),
  z.strictObject({ status: z.string() }),
]);

const TECHNICIAN = 'Technician1';

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
  route('POST', '/_sandbox/connectwise/options', (deps, call) =>
    withBody(call, connectWiseOptionsSchema, (options) =>
      deps.world.record({ type: 'connectwise.options.set', options: withoutUndefined(options) }),
    ),
  ),
  route('POST', '/_sandbox/connectwise/tickets', (deps, call) =>
    ok(openTicket(deps.connectWise(EMAIL_CONNECTOR), readBody(call, ticketSchema))),
  ),
  route('POST', '/_sandbox/connectwise/tickets/{id}', (deps, call, values) =>
    withBody(call, ticketChangeSchema, (change) => {
      const id = Number(values.id);
      if ('status' in change) moveTicket(deps.connectWise(TECHNICIAN), id, change.status);
      else replyToTicket(deps.connectWise(EMAIL_CONNECTOR), id, change);
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
