import type { Command } from 'commander';
import { z } from 'zod';
import type { App } from '../compose.ts';
import { AppError } from '../lib/errors.ts';
import type { Actor } from '../rollout/access/access.core.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import type { ClassView } from '../rollout/exceptions/classes.core.ts';
import type { ClassOutcome } from '../rollout/exceptions/classes.ts';
import { CLASS_KINDS, REQUEST_KINDS } from '../rollout/exceptions/exception-types.core.ts';
import type { ListedRequest, RequestOutcome } from '../rollout/exceptions/requests.ts';
import type { Evaluated } from '../rollout/persons/persons.core.ts';
import type { PersonView, SwitchOutcome } from '../rollout/persons/persons.ts';
import { actingAs, directoryId } from './acting.ts';
import type { Backend } from './backend.ts';
import { type OperationTable, oneCustomer, operation } from './operation.ts';
import { type Answer, table } from './output.ts';
import { given } from './request.ts';

const acting = oneCustomer.extend({ as: z.string().trim().min(1), tenant: directoryId.optional() });
const onPerson = acting.extend({ user: z.string().trim().min(1) });

/** The commands about one person, and about whole classes of accounts. */
export const PERSON_OPERATIONS: OperationTable = {
  'person show': operation(onPerson, async ({ app }, input) => {
    const { customer, actor, accountId } = await subject(app, input);
    return shown(await app.persons.show(customer, actor, accountId));
  }),
  'person on': operation(onPerson.extend({ anyway: z.boolean().default(false) }), ({ app }, input) =>
    switched(app, input, 'on'),
  ),
  'person back': operation(onPerson, ({ app }, input) => switched(app, { ...input, anyway: false }, 'back')),
  'person off': operation(onPerson.extend({ until: z.string(), reason: z.string() }), async ({ app }, input) => {
    const { customer, actor, accountId } = await subject(app, input);
    const { until, reason } = input;
    const outcome = await app.persons.off(customer, actor, { accountId, until, reason });
    const { evaluated } = await app.persons.show(customer, actor, accountId);
    return requestAnswer(outcome, evaluated);
  }),
  'exceptions request': operation(
    acting.extend({
      account: z.string().trim().min(1),
      kind: z.enum(REQUEST_KINDS),
      until: z.string(),
      reason: z.string().optional(),
    }),
    async ({ app }, { account: user, ...input }) => {
      const { customer, actor, accountId } = await subject(app, { ...input, user });
      const { kind, until, reason = null } = input;
      return requestAnswer(await app.requests.ask(customer, actor, { accountId, kind, until, reason }), null);
    },
  ),
  'exceptions requests': operation(acting, async ({ app }, input) => {
    const { customer, actor } = await acted(app, input);
    const requests = await app.requests.list(customer, actor);
    return { json: { requests }, text: requestsText(requests) };
  }),
  'exceptions withdraw': operation(acting.extend({ id: z.string().trim().min(1) }), async ({ app }, input) => {
    const { customer, actor } = await acted(app, input);
    return requestAnswer(await app.requests.withdraw(customer, actor, input.id), null);
  }),
  'exceptions classes': operation(oneCustomer, async ({ app }, input) => {
    const classes = await app.classes.list(await app.customers.find(input.customer));
    return { json: { classes }, text: classesText(classes) };
  }),
  'exceptions decide': operation(
    acting.extend({
      class: z.enum(CLASS_KINDS),
      verdict: z.enum(['enforce', 'carveOut']),
      reason: z.string(),
      review: z.string().optional(),
      digest: z.string().optional(),
    }),
    async ({ app }, input) => {
      const { customer, actor } = await acted(app, input);
      const view = (await app.classes.list(customer)).find((one) => one.class === input.class);
      const { verdict, reason, review: reviewAt = null } = input;
      const digest = input.digest ?? view?.digest ?? '';
      const decided = { class: input.class, verdict, reason, reviewAt, digest };
      return classAnswer(await app.classes.decide(customer, actor, decided));
    },
  ),
};

type Acting = z.output<typeof acting>;

async function acted(app: App, input: Acting): Promise<{ customer: Customer; actor: Actor }> {
  const customer = await app.customers.find(input.customer);
  return { customer, actor: await actorOf(app, customer, input) };
}

/** A manager stands in no grant: what he may do follows from the master list. */
async function actorOf(app: App, customer: Customer, { as, tenant }: Acting): Promise<Actor> {
  try {
    return await actingAs(app, customer, { as, tenant });
  } catch (error) {
    const objectId = await app.persons.find(customer, as);
    const isOther = objectId === null || (tenant ?? customer.id) !== customer.id;
    if (!(error instanceof AppError) || error.code !== 'not_granted' || isOther) throw error;
    const actor = await app.access.actorOf({ tenantId: customer.id, objectId }, customer.id);
    const people = await app.phases.people(customer);
    return { ...actor, displayName: people.find((one) => one.accountId === objectId)?.displayName ?? null };
  }
}

async function subject(app: App, input: z.output<typeof onPerson>) {
  const found = await acted(app, input);
  const accountId = await app.persons.find(found.customer, input.user);
  if (accountId !== null) return { ...found, accountId };
  const userMessage = `Nobody, or more than one, is called "${input.user}" here. Give the sign-in name or the object id.`;
  throw new AppError('account_unknown', userMessage, { userMessage });
}

async function switched(
  app: App,
  input: z.output<typeof onPerson> & { anyway: boolean },
  kind: 'on' | 'back',
): Promise<Answer> {
  const { customer, actor, accountId } = await subject(app, input);
  const asked: SwitchOutcome = await app.persons.ask(customer, actor, { accountId, kind, anyway: input.anyway });
  if (asked.outcome === 'refused') {
    return { json: asked, text: '', refusal: { code: asked.code, message: asked.message.en } };
  }
  await app.persons.settled(customer, asked.key);
  const view = await app.persons.show(customer, actor, accountId);
  const { latest } = view;
  const json = { accountId, switch: latest, before: latest?.before ?? null, after: latest?.after ?? null };
  if (latest?.refusal != null) {
    return { json, text: '', refusal: { code: latest.refusal.code, message: latest.refusal.message.en } };
  }
  const was = statusText(latest?.before ?? null);
  return { json, text: `${view.displayName}: was ${was}; is ${statusText(latest?.after ?? null)}.` };
}

function statusText(status: Evaluated | null): string {
  if (status === null) return 'not evaluated';
  const by = status.by.map(({ name }) => name).join(', ');
  return `covered ${status.covered}${by === '' ? '' : ` by ${by}`}`;
}

function shown(view: PersonView): Answer {
  const lines = [
    `${view.displayName} (${view.userPrincipalName ?? view.accountId}), phase ${view.phase ?? 'none'}, ${view.accountStatus}`,
    `MFA: ${statusText(view.evaluated)}. ${view.evaluated?.why ?? ''}`,
    `can answer: ${view.enrolment}; in the direct group: ${view.isDirect ? (view.isOurs ? 'yes, switched on' : 'yes') : 'no'}`,
    ...(view.exception === null
      ? []
      : [`exception: ${view.exception.kind}, ${view.exception.signed ? 'signed' : 'unsigned'}`]),
    ...view.requests.map(requestLine),
    ...(view.newcomer === null ? [] : [view.newcomer.en]),
  ];
  return { json: view, text: lines.join('\n') };
}

function requestLine({ id, kind, name, until, standing }: ListedRequest): string {
  return `${id} ${kind} for ${name} until ${until}: ${standing}`;
}

function requestsText(requests: readonly ListedRequest[]): string {
  if (requests.length === 0) return 'Nobody has asked for anything.';
  const rows = requests.map((one) => [one.id, one.kind, one.name, one.until, one.displayName ?? '', one.standing]);
  return table(['id', 'kind', 'person', 'until', 'asked by', 'standing'], rows);
}

function requestAnswer(outcome: RequestOutcome, evaluated: Evaluated | null): Answer {
  if (outcome.outcome === 'refused') {
    return { json: outcome, text: '', refusal: { code: outcome.code, message: outcome.message.en } };
  }
  const { request, note } = outcome;
  const json = { ...outcome, id: `R${request.seq}`, ...(evaluated === null ? {} : { evaluated }) };
  const status = evaluated === null ? '' : ` Now: ${statusText(evaluated)}.`;
  return { json, text: `R${request.seq} (${request.kind} until ${request.until}): ${note.en}${status}` };
}

function classesText(classes: readonly ClassView[]): string {
  const rows = classes.map((one) => [
    one.class,
    String(one.count),
    one.state,
    one.decision?.reason ?? '',
    one.decision?.reviewAt ?? '',
  ]);
  return table(['class', 'members', 'state', 'reason', 'review'], rows);
}

function classAnswer(outcome: ClassOutcome): Answer {
  switch (outcome.outcome) {
    case 'refused':
      return { json: outcome, text: '', refusal: { code: outcome.code, message: outcome.message.en } };
    case 'stale':
      return {
        json: outcome,
        text: '',
        refusal: { code: 'stale', message: 'The class has changed since it was shown. Look at it again.' },
      };
    case 'recorded':
    case 'already':
      return { json: outcome, text: `${outcome.decision.class}: ${outcome.decision.verdict}.` };
  }
}

const AS = ['--as <who>', 'name, sign-in name or object id of whoever acts'] as const;
const TENANT = ['--tenant <id>', 'the tenant of that identity, where several have it'] as const;

/** Adds `person` with show, on, off and back. */
export function addPersons(program: Command, backend: Backend): void {
  const person = program.command('person').description('MFA of one person: the evaluated status, on, off');
  const add = (name: string, description: string) =>
    person
      .command(`${name} <user> [customer]`)
      .description(description)
      .requiredOption(...AS)
      .option(...TENANT)
      .action(async (user: string, customer: string | undefined, options: object) => {
        backend.print(await backend.operate(`person ${name}`, given({ ...options, customer, user })));
      });
  add('show', 'the evaluated status, requests and switches');
  add('on', 'bring this one person under MFA; refused for whoever could not answer').option(
    '--anyway',
    'the approver signs that the person is enforced without a usable method',
  );
  add('back', 'take back what "person on" did');
  add('off', 'ask that MFA is off for this person; counts when the approver has signed it')
    .requiredOption('--until <day>', 'the day on which MFA returns, YYYY-MM-DD')
    .requiredOption('--reason <text>', 'why; the approver signs it');
}

/** Adds what is asked and decided below `exceptions`. */
export function addExceptionRequests(exceptions: Command, backend: Backend): void {
  const run = (name: string) => async (customer: string | undefined, options: object) => {
    backend.print(await backend.operate(`exceptions ${name}`, given({ ...options, customer })));
  };
  exceptions
    .command('request [customer]')
    .description('ask for an exception about one person; counts when the approver has signed it')
    .requiredOption('--account <who>', 'sign-in name or object id')
    .requiredOption('--kind <kind>', `one of ${REQUEST_KINDS.join(', ')}`)
    .requiredOption('--until <day>', 'the day on which it ends, YYYY-MM-DD')
    .option('--reason <text>', 'why; needed for mfaOff')
    .requiredOption(...AS)
    .option(...TENANT)
    .action(run('request'));
  exceptions
    .command('requests [customer]')
    .description('what was asked for, signed or not')
    .requiredOption(...AS)
    .option(...TENANT)
    .action(run('requests'));
  exceptions
    .command('withdraw <id> [customer]')
    .description('take a request back, a signed one too')
    .requiredOption(...AS)
    .option(...TENANT)
    .action(async (id: string, customer: string | undefined, options: object) => {
      backend.print(await backend.operate('exceptions withdraw', given({ ...options, customer, id })));
    });
  exceptions
    .command('classes [customer]')
    .description('guests, rooms and devices, each decided as a whole')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('exceptions classes', given({ customer })));
    });
  exceptions
    .command('decide <class> <verdict> [customer]')
    .description(`decide one of ${CLASS_KINDS.join(', ')}: enforce or carveOut`)
    .requiredOption('--reason <text>', 'why')
    .option('--review <day>', 'the day on which a carve-out is looked at again, YYYY-MM-DD')
    .option('--digest <digest>', 'of the class as it was shown; without it, as it is now')
    .requiredOption(...AS)
    .option(...TENANT)
    .action(async (name: string, verdict: string, customer: string | undefined, options: object) => {
      const input = given({ ...options, customer, class: name, verdict });
      backend.print(await backend.operate('exceptions decide', input));
    });
}
