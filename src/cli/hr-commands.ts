import type { Command } from 'commander';
import { z } from 'zod';
import type { Backend } from './backend.ts';
import { actorAtCommandLine, type OperationTable, oneCustomer, operation } from './operation.ts';

/** The commands that connect a customer's HR system by OAuth. */
export const HR_OPERATIONS: OperationTable = {
  'customers connect-hr': operation(
    oneCustomer.extend({ redirectUri: z.string().optional(), answer: z.string().optional() }),
    async ({ app }, { customer: name, redirectUri, answer }) => {
      const customer = await app.customers.find(name);
      const named = { id: customer.id, name: customer.name };
      if (answer !== undefined) {
        await app.hrConnection.complete(customer, { address: answer, actor: actorAtCommandLine() });
        return {
          json: { customer: named, connected: true },
          text: `BambooHR of ${customer.name} is connected.\nNext: mfa-rollout customers check`,
        };
      }
      const address = app.hrConnection.address(customer, redirectUri ?? '');
      return {
        json: { customer: named, address },
        text: `Let somebody with full access to BambooHR of ${customer.name} open this address and allow access:\n${address}\nThe browser then ends at an address that begins with ${redirectUri ?? ''}. Copy it whole:\nNext: mfa-rollout customers connect-hr --answer ADDRESS`,
      };
    },
  ),
};

/** Adds `customers connect-hr` to the commands about customers. */
export function addHrConnection(customers: Command, backend: Backend): void {
  customers
    .command('connect-hr [customer]')
    .description('let somebody at the customer connect BambooHR to an application (hr.oauth in the customer file)')
    .option('--redirect-uri <address>', 'the https address that the application registered: gives the address to open')
    .option('--answer <address>', 'the address at which the browser ended: keeps the connection')
    .action(async (customer: string | undefined, options: { redirectUri?: string; answer?: string }) => {
      const input = { ...(customer === undefined ? {} : { customer }), ...options };
      backend.print(await backend.operate('customers connect-hr', input));
    });
}
