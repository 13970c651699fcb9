import type { Command } from 'commander';
import { z } from 'zod';
import { AppError } from '../lib/errors.ts';
import { CONSENT_APPS } from '../rollout/customers/admin-consents.ts';
import type { Backend } from './backend.ts';
import { actorAtCommandLine, type OperationTable, oneCustomer, operation } from './operation.ts';

const input = oneCustomer.extend({
  app: z.enum(CONSENT_APPS).default('reader'),
  redirectUri: z.string().optional(),
  answer: z.string().optional(),
});

/** The command that asks an administrator of a customer's tenant for his consent. */
export const CONSENT_OPERATIONS: OperationTable = {
  'customers consent': operation(input, async ({ app: product }, { customer: name, app, redirectUri, answer }) => {
    const customer = await product.customers.find(name);
    const named = { id: customer.id, name: customer.name };
    const actor = actorAtCommandLine();
    if (answer !== undefined) {
      const taken = await product.adminConsents.answer(queryOf(answer), { customerId: customer.id, actor });
      return {
        json: { customer: named, app: taken.app, consented: true },
        text: `${customer.name} has let the application "${taken.app}" in.\nNext: mfa-rollout customers check`,
      };
    }
    const back = redirectUri ?? (product.teams === undefined ? '' : `${product.teams.publicUrl}/api/consent`);
    const address = await product.adminConsents.ask(customer, { app, redirectUri: back, actor });
    return {
      json: { customer: named, app, address },
      text: `Let a Global Administrator of ${customer.name} open this address within a day and accept:\n${address}\nThe browser then ends at an address that begins with ${back}. Where that is not this deployment's own, copy it whole:\nNext: mfa-rollout customers consent --answer ADDRESS`,
    };
  }),
};

function queryOf(address: string): URLSearchParams {
  if (URL.canParse(address)) return new URL(address).searchParams;
  const userMessage = 'That is no address. Copy it whole from the browser, with https:// at its beginning.';
  throw new AppError('consent_foreign', userMessage, { userMessage });
}

/** Adds `customers consent` to the commands about customers. */
export function addAdminConsent(customers: Command, backend: Backend): void {
  customers
    .command('consent [customer]')
    .description('ask an administrator of the tenant to let an application in')
    .option('--app <name>', `which application: ${CONSENT_APPS.join(', ')}`, 'reader')
    .option(
      '--redirect-uri <address>',
      'the address that the application registered, where it is not this deployment’s',
    )
    .option('--answer <address>', 'the address at which the browser ended: takes the answer')
    .action(async (customer: string | undefined, options: object) => {
      const given = { ...(customer === undefined ? {} : { customer }), ...options };
      backend.print(await backend.operate('customers consent', given));
    });
}
