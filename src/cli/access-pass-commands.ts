import type { Command } from 'commander';
import { z } from 'zod';
import type { App } from '../compose.ts';
import { PROOF_TEXTS } from '../rollout/access-pass/access-pass-texts.core.ts';
import { type IssuedPass, type IssueOutcome, PROOF_KINDS } from '../rollout/access-pass/access-pass-types.core.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import type { StuckPerson } from '../rollout/helpdesk/stuck.core.ts';
import { actingAs, directoryId } from './acting.ts';
import type { Backend } from './backend.ts';
import { type OperationTable, oneCustomer, operation } from './operation.ts';
import { type Answer, minuteText, table } from './output.ts';
import { given } from './request.ts';

const acting = oneCustomer.extend({
  account: z.string().trim().min(1),
  as: z.string().trim().min(1),
  tenant: directoryId.optional(),
});

const issuing = acting.extend({
  proof: z.string().optional(),
  note: z.string().optional(),
  minutes: z.coerce.number().int().optional(),
  override: z.string().optional(),
});

/** The commands of the helpdesk: who is stuck, Temporary Access Passes, and the end of sessions. */
export const ACCESS_PASS_OPERATIONS: OperationTable = {
  stuck: operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const people = await app.stuck.list(customer);
    return { json: { customer: { id: customer.id, name: customer.name }, people }, text: stuckText(people) };
  }),
  'access-pass list': operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const passes = await app.accessPasses.list(customer.id);
    const requests = Object.fromEntries(await app.accessPasses.requests(customer));
    const json = { customer: { id: customer.id, name: customer.name }, passes, requests };
    return { json, text: listText(passes) };
  }),
  'access-pass issue': operation(issuing, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const actor = await actingAs(app, customer, { as: input.as, tenant: input.tenant });
    const { proof: kind, note = null, minutes = null, override = null } = input;
    const proof = kind === undefined ? null : { kind, note };
    const accountId = await accountOf(app, customer, input.account);
    return issuedAnswer(await app.accessPasses.issue(customer, actor, { accountId, proof, minutes, override }));
  }),
  'access-pass withdraw': operation(acting, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const actor = await actingAs(app, customer, { as: input.as, tenant: input.tenant });
    const outcome = await app.accessPasses.withdraw(customer, actor, await accountOf(app, customer, input.account));
    if (outcome.outcome === 'refused') return refusedAnswer(outcome);
    return { json: outcome, text: 'The pass is withdrawn. A new one may be issued.' };
  }),
  'sessions end': operation(acting, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const actor = await actingAs(app, customer, { as: input.as, tenant: input.tenant });
    const outcome = await app.sessions.endFor(customer, actor, await accountOf(app, customer, input.account));
    if (outcome.outcome === 'refused') return refusedAnswer(outcome);
    return { json: outcome, text: 'The sessions are being ended; that takes effect within minutes.' };
  }),
  'sessions list': operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const sessions = await app.sessions.list(customer.id);
    const rows = sessions.map((one) => [one.accountId, one.occasion, one.failure ?? one.state, one.askedAt]);
    return { json: { sessions }, text: table(['account', 'occasion', 'state', 'asked'], rows) };
  }),
};

/** Adds `stuck`, `access-pass` and `sessions`. */
export function addAccessPasses(program: Command, backend: Backend): void {
  program
    .command('stuck [customer]')
    .description('who of the running phases is stuck and why, with the next step')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('stuck', given({ customer })));
    });
  addPasses(program, backend);
  const sessions = program.command('sessions').description('the end of people’s sessions');
  sessions
    .command('list [customer]', { isDefault: true })
    .description('whose sessions were ended')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('sessions list', given({ customer })));
    });
  asSomebody(sessions.command('end <account> [customer]'), 'end one person’s sessions, locked out or attacked').action(
    async (account: string, customer: string | undefined, options: object) => {
      backend.print(await backend.operate('sessions end', given({ ...options, customer, account })));
    },
  );
}

function addPasses(program: Command, backend: Backend): void {
  const passes = program.command('access-pass').description('Temporary Access Passes, issued after proof of identity');
  passes
    .command('list [customer]', { isDefault: true })
    .description('who issued which to whom, after which proof, and what became of it')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('access-pass list', given({ customer })));
    });
  asSomebody(
    passes.command('issue <account> [customer]'),
    'issue a one-time pass; it is shown here once and nowhere else',
  )
    .option('--proof <how>', `how the identity was proved: ${PROOF_KINDS.join(', ')}`)
    .option('--note <text>', 'a note, such as the number that was called')
    .option('--minutes <n>', 'how long it can be used; within what the tenant allows')
    .option('--override <why>', 'as an engineer: why, in spite of a working method')
    .action(async (account: string, customer: string | undefined, options: object) => {
      backend.print(await backend.operate('access-pass issue', given({ ...options, customer, account })));
    });
  asSomebody(passes.command('withdraw <account> [customer]'), 'delete a pass that was not received').action(
    async (account: string, customer: string | undefined, options: object) => {
      backend.print(await backend.operate('access-pass withdraw', given({ ...options, customer, account })));
    },
  );
}

function asSomebody(command: Command, description: string): Command {
  return command
    .description(description)
    .requiredOption('--as <who>', 'name, sign-in name or object id of the helper or engineer who acts')
    .option('--tenant <id>', 'the tenant of that identity, where several have it');
}

async function accountOf(app: App, customer: Customer, named: string): Promise<string> {
  const wanted = named.toLowerCase();
  const people = await app.phases.people(customer);
  const found = people.find(({ accountId, userPrincipalName, mail }) =>
    [accountId, userPrincipalName, mail].some((name) => name?.toLowerCase() === wanted),
  );
  return found?.accountId ?? wanted;
}

function refusedAnswer(outcome: { code: string; message: { en: string } }): Answer {
  return { json: outcome, text: '', refusal: { code: outcome.code, message: outcome.message.en } };
}

function issuedAnswer(outcome: IssueOutcome): Answer {
  if (outcome.outcome === 'refused') return refusedAnswer(outcome);
  const { secret, expiresAt } = outcome;
  const text = `${secret}\nIt can be used once, until ${minuteText(expiresAt)}. Nobody can show it again.`;
  return { json: outcome, text };
}

function listText(passes: readonly IssuedPass[]): string {
  if (passes.length === 0) return 'No pass was issued.';
  const rows = passes.map((pass) => [
    pass.accountId,
    pass.failure ?? pass.state,
    pass.issuedBy.displayName ?? pass.issuedBy.objectId,
    PROOF_TEXTS[pass.proof.kind].en,
    pass.expiresAt ?? '',
    pass.registration === null ? '' : `${pass.registration.from ?? '?'} (${pass.registration.verdict})`,
  ]);
  return table(['account', 'state', 'issued by', 'proof', 'until', 'registered from'], rows);
}

function stuckText(people: readonly StuckPerson[]): string {
  if (people.length === 0) return 'Nobody in the running phases is stuck.';
  const rows = people.flatMap(({ displayName, phase, why }) =>
    why.map(({ text, next }, index) => [index === 0 ? displayName : '', index === 0 ? phase : '', text.en, next.en]),
  );
  return table(['person', 'phase', 'why', 'next'], rows);
}
