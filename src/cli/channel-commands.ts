import type { Command } from 'commander';
import type { HelpdeskChannel } from '../rollout/helpdesk/channel.ts';
import type { Backend } from './backend.ts';
import { actorAtCommandLine, type OperationTable, oneCustomer, operation } from './operation.ts';

/** The commands about a customer's help channel. */
export const CHANNEL_OPERATIONS: OperationTable = {
  'channel open': operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const channel = await app.channel.open(customer, actorAtCommandLine(), app.signal);
    const change = channel.did.length === 0 ? 'none' : 'opened';
    const head =
      change === 'none'
        ? `The channel of ${customer.name} is there already, unchanged.`
        : `The channel of ${customer.name} is open. Made: ${channel.did.join(', ')}.`;
    return {
      json: { customer: { id: customer.id, name: customer.name }, change, channel },
      text: `${head}\n${placeOf(channel)}`,
    };
  }),
  'channel show': operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const channel = await app.channel.find(customer.id);
    return {
      json: { customer: { id: customer.id, name: customer.name }, channel },
      text:
        channel === null ? `${customer.name} has no channel yet.\nNext: mfa-rollout channel open` : placeOf(channel),
    };
  }),
};

/** Adds `channel open|show`. */
export function addChannel(program: Command, backend: Backend): void {
  const channel = program.command('channel').description('the help channel of the rollout in the customer’s Teams');
  const named = (customer: string | undefined) => (customer === undefined ? {} : { customer });
  channel
    .command('open [customer]')
    .description('bring app, channel, tabs and cards into the customer’s team; run again, it changes nothing')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('channel open', named(customer)));
    });
  channel
    .command('show [customer]')
    .description('what is known of the channel, without asking Teams')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('channel show', named(customer)));
    });
}

function placeOf({ state, name, webUrl, failure }: HelpdeskChannel): string {
  const where = name === null ? 'No channel is known yet.' : `${name}: ${webUrl ?? 'no address known'}`;
  if (failure !== null) return `${where}\nNot opened: ${failure.message}`;
  return state === 'opening' ? `${where}\nIt is being opened.` : where;
}
