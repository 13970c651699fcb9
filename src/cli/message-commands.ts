import { type Command, Option } from 'commander';
import { z } from 'zod';
import type { Cadence } from '../rollout/outreach/cadence.core.ts';
import type { LedgerAnswer, OutreachPlan } from '../rollout/outreach/outreach.ts';
import { MESSAGE_KINDS } from '../rollout/phases/phase-types.core.ts';
import type { Backend } from './backend.ts';
import { actorAtCommandLine, type OperationTable, oneCustomer, operation } from './operation.ts';
import { minuteText, table } from './output.ts';
import { given } from './request.ts';

const message = z.enum(MESSAGE_KINDS);
const listing = oneCustomer.extend({ phase: z.string().optional(), message: message.optional() });
const sampling = oneCustomer.extend({ message, to: z.string().regex(/^[^\s@]+@[^\s@]+$/, 'a mail address') });
const settling = oneCustomer.extend({
  message,
  person: z.string().min(1),
  phase: z.string().optional(),
  verdict: z.enum(['sent', 'notSent']),
});

/** The commands about the messages of a rollout and what became of them. */
export const MESSAGE_OPERATIONS: OperationTable = {
  'messages list': operation(listing, async ({ app }, { customer: named, ...filter }) => {
    const customer = await app.customers.find(named);
    const answer = await app.outreach.ledger(customer.id, filter);
    return { json: { customer: { id: customer.id, name: customer.name }, ...answer }, text: ledgerText(answer) };
  }),
  'messages plan': operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const plan = await app.outreach.plan(customer);
    return {
      json: { customer: { id: customer.id, name: customer.name }, plan },
      text: plan === null ? `${customer.name} has no rollout yet.` : planText(plan),
    };
  }),
  'messages test-send': operation(sampling, async ({ app }, { customer: named, ...ask }) => {
    const customer = await app.customers.find(named);
    await app.outreach.testSend(customer, ask, app.signal);
    return {
      json: { customer: { id: customer.id, name: customer.name }, ...ask, outcome: 'accepted' },
      text: `A sample of ${ask.message} was accepted by the mail system for ${ask.to}.`,
    };
  }),
  'messages settle': operation(settling, async ({ app }, { customer: named, person, phase, ...rest }) => {
    const customer = await app.customers.find(named);
    const scope = rest.message === 'managerNudge' ? (phase ?? '') : '';
    await app.outreach.settle(customer, { ...rest, personId: person, scope }, actorAtCommandLine());
    const words = rest.verdict === 'sent' ? 'counts as sent' : 'is sent again';
    return { json: { customer: { id: customer.id }, person, ...rest }, text: `The ${rest.message} ${words}.` };
  }),
};

function ledgerText({ rows, counts, bouncesUnread }: LedgerAnswer): string {
  if (rows.length === 0) return 'Nothing was sent or queued yet.';
  const lines = rows.map((row) => [
    row.message,
    row.phase,
    row.address,
    row.state,
    row.way ?? '',
    row.settledAt === null ? '' : minuteText(row.settledAt),
    row.reason?.text.en ?? '',
  ]);
  const unread = bouncesUnread === null ? '' : `\n${bouncesUnread.text.en}`;
  return `${countsText(counts)}${unread}\n\n${table(['Message', 'Phase', 'To', 'State', 'Way', 'Settled', 'Why'], lines)}`;
}

function planText({ verdicts, mails, nextAt, next, counts }: OutreachPlan): string {
  const head = `${mails.length} mails would go out now. Next: ${nextAt === null ? 'none planned' : `${next.length} at ${minuteText(nextAt)}`}.`;
  const lines = verdicts.map((one) => [
    one.message,
    one.phase,
    one.displayName,
    one.verdict,
    one.dueAt ?? '',
    whyOf(one),
  ]);
  return `${head}\n${countsText(counts)}\n\n${table(['Message', 'Phase', 'Person', 'Verdict', 'Due', 'Why'], lines)}`;
}

function whyOf(verdict: Cadence['verdicts'][number]): string {
  switch (verdict.verdict) {
    case 'not':
      return verdict.reason.text.en;
    case 'later':
      return verdict.reason?.text.en ?? '';
    case 'sent':
      return verdict.state;
    case 'send':
      return verdict.note?.text.en ?? '';
  }
}

function countsText(counts: Readonly<Record<string, number>>): string {
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  return told.map(([name, count]) => `${name} ${count}`).join(', ');
}

/** Adds `list|plan|test-send|settle` to the command `messages`, which is made where it is not there yet. */
export function addMessages(program: Command, backend: Backend): void {
  const messages =
    program.commands.find((command) => command.name() === 'messages') ??
    program.command('messages').description('the mails of a rollout: texts, plan, ledger');
  messages
    .command('list [customer]')
    .description('every message of the rollout to every person, and what became of it')
    .option('--phase <phase>', 'of this phase only')
    .addOption(new Option('--message <kind>', 'of this kind only').choices(MESSAGE_KINDS))
    .action(async (customer: string | undefined, options: object) => {
      backend.print(await backend.operate('messages list', given({ ...options, customer })));
    });
  messages
    .command('plan [customer]')
    .description('who would be written to now and next, who not, and why; sends nothing')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('messages plan', given({ customer })));
    });
  messages
    .command('test-send [customer]')
    .description('send one sample to an address of yours')
    .addOption(new Option('--message <kind>', 'which message').choices(MESSAGE_KINDS).makeOptionMandatory())
    .requiredOption('--to <address>', 'where to')
    .action(async (customer: string | undefined, options: object) => {
      backend.print(await backend.operate('messages test-send', given({ ...options, customer })));
    });
  messages
    .command('settle [customer]')
    .description('say whether a message whose sending is in doubt was sent; it is sent again only on your word')
    .addOption(new Option('--message <kind>', 'which message').choices(MESSAGE_KINDS).makeOptionMandatory())
    .requiredOption('--person <id>', 'the account it went to')
    .option('--phase <phase>', 'the phase, for a manager’s nudge')
    .addOption(new Option('--verdict <verdict>', 'what you found').choices(['sent', 'notSent']).makeOptionMandatory())
    .action(async (customer: string | undefined, options: object) => {
      backend.print(await backend.operate('messages settle', given({ ...options, customer })));
    });
}
