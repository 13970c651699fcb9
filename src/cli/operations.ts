import { z } from 'zod';
import type { App } from '../compose.ts';
import { AppError } from '../lib/errors.ts';
import { checkCustomer } from '../rollout/customers/check.ts';
import { parseCustomerFile } from '../rollout/customers/customer-file.ts';
import { signable } from '../rollout/exceptions/exception-table.core.ts';
import { rosterOf } from '../rollout/snapshots/answers.ts';
import { ACCESS_OPERATIONS } from './access-commands.ts';
import { ACCESS_PASS_OPERATIONS } from './access-pass-commands.ts';
import { CHANNEL_OPERATIONS } from './channel-commands.ts';
import { CONSENT_OPERATIONS } from './consent-commands.ts';
import { DRIFT_OPERATIONS, withDrift } from './drift-commands.ts';
import { EMERGENCY_OPERATIONS } from './emergency-commands.ts';
import { GUIDE_OPERATIONS } from './guide-commands.ts';
import { HOLDOUT_OPERATIONS } from './holdout-commands.ts';
import { HR_OPERATIONS } from './hr-commands.ts';
import { MESSAGE_OPERATIONS } from './message-commands.ts';
import { MESSAGE_TEMPLATE_OPERATIONS } from './message-template-commands.ts';
import { MOVE_OPERATIONS } from './move-commands.ts';
import { actorAtCommandLine, type OperationTable, oneCustomer, operation, type TurnableClock } from './operation.ts';
import type { Answer } from './output.ts';
import { PERSON_OPERATIONS } from './person-commands.ts';
import { PHASE_OPERATIONS } from './phase-commands.ts';
import { POLICY_OPERATIONS } from './policy-operations.ts';
import { PROCEDURE_OPERATIONS } from './procedure-commands.ts';
import { checkText, customersText, statusOf, syncAnswer } from './render-customers.ts';
import { rosterText } from './render-roster.ts';
import { REPORT_OPERATIONS } from './report-commands.ts';
import { signInOperations } from './sign-in-commands.ts';
import { TAKEOVER_OPERATIONS } from './takeover-commands.ts';
import { TICKET_OPERATIONS } from './ticket-commands.ts';

/** The commands that need the store; the same table serves the socket and a command line without server. */
export type Operations = {
  /** Refuses with `usage` an unknown name or input of the wrong form. */
  run(name: string, input: unknown, onProgress: (text: string) => void): Promise<Answer>;
};

const OPERATIONS: OperationTable = {
  'customers add': operation(
    z.strictObject({ path: z.string(), text: z.string() }),
    async ({ app }, { path, text }) => {
      const { customer, change } = await app.customers.add(parseCustomerFile(text, path), actorAtCommandLine());
      const reached = await app.syncs.prepare(customer, app.signal);
      const words = { added: 'is added', changed: 'has its new settings', none: 'is here already, unchanged' }[change];
      const hint = reached.ok ? '' : `\nIts tenant cannot be read yet: ${reached.why}`;
      return {
        json: { customer: { id: customer.id, name: customer.name }, change, reached },
        text: `${customer.name} ${words}.${hint}\nNext: mfa-rollout customers check`,
      };
    },
  ),
  'customers list': operation(z.strictObject({}), async ({ app }) => {
    const customers = await app.customers.list();
    return { json: { customers: customers.map(({ id, name }) => ({ id, name })) }, text: customersText(customers) };
  }),
  'customers check': operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const checks = await checkCustomer(app.customers, customer, app.signal);
    const failed = checks.filter((check) => !check.ok);
    const refusal = { code: 'check_failed', message: `${failed.length} of ${checks.length} checks failed.` };
    return {
      json: { customer: { id: customer.id, name: customer.name }, checks },
      text: checkText(customer, checks),
      ...(failed.length === 0 ? {} : { refusal }),
    };
  }),
  sync: operation(
    oneCustomer.extend({ peopleOnly: z.boolean(), full: z.boolean(), acceptShrunk: z.boolean() }),
    async ({ app, onProgress }, { customer: name, ...options }) => {
      const customer = await app.customers.find(name);
      const watch = { signal: app.signal, onProgress };
      const readings = await app.syncs.sync(customer, { ...options, actor: actorAtCommandLine() }, watch);
      return syncAnswer(customer, readings);
    },
  ),
  roster: operation(oneCustomer, async ({ app }, input) => {
    const roster = rosterOf(await app.syncs.stored(await app.customers.find(input.customer)));
    return { json: roster, text: rosterText(roster) };
  }),
  exceptions: operation(oneCustomer, async ({ app }, input) => {
    const answer = signable(await app.syncs.exceptions(await app.customers.find(input.customer)));
    return { json: answer, text: answer.markdown };
  }),
  snapshot: operation(oneCustomer.extend({ stored: z.boolean() }), async ({ app, onProgress }, input) => {
    const customer = await app.customers.find(input.customer);
    const request = { peopleOnly: false, full: true, acceptShrunk: false, actor: actorAtCommandLine() };
    const readings = input.stored
      ? await app.syncs.readings(customer)
      : await app.syncs.sync(customer, request, { signal: app.signal, onProgress });
    return { ...syncAnswer(customer, readings), json: await app.syncs.stored(customer) };
  }),
  status: operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const { readings, snapshot } = await app.syncs.derived(customer);
    const rollout = await app.phases.current(customer.id);
    const people = rollout === null ? [] : await app.phases.people(customer);
    const now = new Date(app.clock.now());
    const standing = rollout && {
      ...{ rollout, people },
      progress: await app.forecasts.progress({ customer, rollout, people, now }),
    };
    const isRead = (snapshot.hr ?? null) !== null && (snapshot.users ?? null) !== null;
    const pushed = await app.push.show(customer);
    const prepared = {
      signature: isRead ? await app.signOff.state(customer) : null,
      isPushed: pushed?.state === 'live' || pushed?.state === 'standing',
    };
    return withDrift(
      statusOf(customer, { readings, snapshot, ...prepared }, standing),
      await app.drift.open(customer.id),
    );
  }),
  ...ACCESS_OPERATIONS,
  ...GUIDE_OPERATIONS,
  ...DRIFT_OPERATIONS,
  ...MESSAGE_OPERATIONS,
  ...MESSAGE_TEMPLATE_OPERATIONS,
  ...CHANNEL_OPERATIONS,
  ...POLICY_OPERATIONS,
  ...PHASE_OPERATIONS,
  ...MOVE_OPERATIONS,
  ...TAKEOVER_OPERATIONS,
  ...TICKET_OPERATIONS,
  ...HOLDOUT_OPERATIONS,
  ...HR_OPERATIONS,
  ...CONSENT_OPERATIONS,
  ...ACCESS_PASS_OPERATIONS,
  ...PERSON_OPERATIONS,
  ...EMERGENCY_OPERATIONS,
  ...REPORT_OPERATIONS,
  ...PROCEDURE_OPERATIONS,
  ...signInOperations((app) => app),
  'clock show': operation(z.strictObject({}), async ({ app, clock }) => clockAnswer(app, clock)),
  'clock advance': operation(z.strictObject({ ms: z.number().int().positive() }), async ({ app, clock }, { ms }) => {
    if (clock === undefined) {
      const userMessage =
        'Only the sandbox’s clock can be turned, and no sandbox runs here. Start one with "npm start".';
      throw new AppError('clock_fixed', userMessage, { userMessage });
    }
    await clock.advance(ms);
    return clockAnswer(app, clock);
  }),
};

/** Creates the operations over a composed product. */
export function createOperations(app: App, clock: TurnableClock | undefined): Operations {
  return {
    run: async (name, input, onProgress) => {
      const found = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
      if (found === undefined) throw new AppError('usage', `there is no operation "${name}"`);
      return found.run({ app, clock, onProgress }, input);
    },
  };
}

async function clockAnswer(app: App, clock: TurnableClock | undefined): Promise<Answer> {
  const now = new Date(app.clock.now()).toISOString();
  const offsetMs = clock?.offsetMs() ?? 0;
  const turned = offsetMs === 0 ? 'not turned' : `turned by ${Math.round(offsetMs / 1000)} s`;
  return { json: { now, offsetMs }, text: `${now} (${turned})` };
}
