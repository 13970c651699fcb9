import type { Command } from 'commander';
import { z } from 'zod';
import { AppError } from '../lib/errors.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import type { DrillOutcome, EmergencyAccount, EmergencyStatus } from '../rollout/emergency/emergency.ts';
import { actingAs, directoryId } from './acting.ts';
import type { Backend } from './backend.ts';
import { actorAtCommandLine, type OperationTable, oneCustomer, operation } from './operation.ts';
import { type Answer, minuteText, table } from './output.ts';
import { given } from './request.ts';

const looking = oneCustomer.extend({ fresh: z.boolean().optional() });
const drilling = oneCustomer.extend({
  account: z.string().trim().min(1),
  /** Object id or sign-in name; without one whoever may open the socket acts for himself. */
  as: z.string().trim().min(1).optional(),
  tenant: directoryId.optional(),
});

/** The commands about break-glass accounts and their drills. */
export const EMERGENCY_OPERATIONS: OperationTable = {
  'break-glass': operation(looking, async ({ app }, { customer: named, fresh }) => {
    const customer = await app.customers.find(named);
    const status = fresh === true ? await app.emergency.pollNow(customer) : await app.emergency.status(customer);
    return statusAnswer(customer, status);
  }),
  'break-glass drill': operation(drilling, async ({ app }, { customer: named, account, as, tenant }) => {
    const customer = await app.customers.find(named);
    const accountId = accountOf(await app.emergency.status(customer), account);
    const outcome =
      as === undefined
        ? await app.emergency.startDrill(customer, actorAtCommandLine(), accountId)
        : await app.emergency.startDrillAs(customer, await actingAs(app, customer, { as, tenant }), accountId);
    return drillAnswer(outcome);
  }),
};

/** Adds `break-glass` and `break-glass drill`. */
export function addEmergency(program: Command, backend: Backend): void {
  const emergency = program.command('break-glass').description('the emergency accounts, their drills and sign-ins');
  emergency
    .command('list [customer]', { isDefault: true })
    .description('each declared account with the facts that make it usable and its last drill')
    .option('--fresh', 'read their sign-ins now instead of waiting for the next reading')
    .action(async (customer: string | undefined, options: { fresh?: boolean }) => {
      backend.print(await backend.operate('break-glass', given({ customer, ...options })));
    });
  emergency
    .command('drill <account> [customer]')
    .description('start a drill: sign in with the account within some hours, and the product sees it in the log')
    .option('--as <person>', 'who starts it: name, sign-in name or object id of an engineer')
    .option('--tenant <id>', 'the tenant that person is at home in, where the id stands in the grants more than once')
    .action(async (account: string, customer: string | undefined, options: { as?: string; tenant?: string }) => {
      backend.print(await backend.operate('break-glass drill', given({ customer, account, ...options })));
    });
}

/** By id or sign-in name; refuses what is none of the declared accounts. */
function accountOf({ accounts }: EmergencyStatus, named: string): string {
  const wanted = named.toLowerCase();
  const found = accounts.find(
    ({ accountId, userPrincipalName }) => accountId === wanted || userPrincipalName?.toLowerCase() === wanted,
  );
  if (found !== undefined) return found.accountId;
  const known = accounts.map(({ userPrincipalName, accountId }) => userPrincipalName ?? accountId).join(', ');
  const userMessage = `${named} is not declared as a break-glass account. Those that are: ${known === '' ? 'none' : known}.`;
  throw new AppError('not_break_glass', userMessage, { userMessage });
}

function statusAnswer(customer: Customer, status: EmergencyStatus): Answer {
  const rows = status.accounts.map((account) => [
    account.displayName,
    account.userPrincipalName ?? account.accountId,
    factsOf(account),
    drillOf(account),
  ]);
  const unread = status.readings.filter(({ problem }) => problem !== null);
  const lines = [
    rows.length === 0
      ? 'No break-glass account is declared. Name two under declared.breakGlass in the customer file.'
      : table(['account', 'signs in as', 'facts', 'drill'], rows),
    `A drill counts for ${status.drillDays} days. Start one with "mfa-rollout break-glass drill ACCOUNT".`,
    ...unread.map(({ log, problem }) => `Not watched: the ${log} sign-ins could not be read (${problem ?? ''}).`),
  ];
  return { json: { customer: { id: customer.id, name: customer.name }, ...status }, text: lines.join('\n') };
}

function factsOf({ check }: EmergencyAccount): string {
  if (check === null) return 'not read';
  const { accountId: _id, ...facts } = check;
  const missing = Object.entries(facts).filter(([, fact]) => fact !== 'yes');
  return missing.length === 0 ? 'hold' : missing.map(([name, fact]) => `${name}: ${fact}`).join(', ');
}

function drillOf({ state, drilledAt, dueAt, runningUntil, missedAt }: EmergencyAccount): string {
  const missed = missedAt === null ? '' : ` (one ended ${dayOf(missedAt)} without a sign-in)`;
  switch (state) {
    case 'never':
      return `never${missed}`;
    case 'running':
      return `runs until ${runningUntil === null ? '?' : minuteText(runningUntil)}: sign in with the account`;
    case 'drilled':
      return `drilled on ${dayOf(drilledAt)}, counts until ${dayOf(dueAt)}${missed}`;
    case 'overdue':
      return `overdue since ${dayOf(dueAt)}${missed}`;
  }
}

function dayOf(instant: string | null): string {
  return instant?.slice(0, 10) ?? '-';
}

function drillAnswer(outcome: DrillOutcome): Answer {
  const { accountId, expiresAt } = outcome.drill;
  const began = outcome.outcome === 'started' ? 'A drill has begun' : 'A drill is under way already';
  return {
    json: outcome,
    text: `${began}. Sign in with ${accountId} before ${minuteText(expiresAt)}; the sign-in log shows it after 5 to 15 minutes, and "mfa-rollout break-glass" then says "drilled".`,
  };
}
