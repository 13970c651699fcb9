import type { Command } from 'commander';
import { z } from 'zod';
import { isStorable } from '../lib/storable-text.ts';
import { GRANTED_ROLES } from '../rollout/access/access.core.ts';
import type { Grant } from '../rollout/access/access.ts';
import type { Backend } from './backend.ts';
import { actorAtCommandLine, type OperationTable, oneCustomer, operation } from './operation.ts';
import { oneLine } from './output.ts';

const directoryId = z
  .guid('an id of the form 00000000-0000-0000-0000-000000000000')
  .transform((id) => id.toLowerCase());

const grantInput = oneCustomer.extend({
  role: z.enum(GRANTED_ROLES),
  objectId: directoryId,
  tenantId: directoryId.optional(),
});

/** The commands about who may do what. */
export const ACCESS_OPERATIONS: OperationTable = {
  'grants list': operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const grants = await app.access.list(customer.id);
    return {
      json: { customer: { id: customer.id, name: customer.name }, grants: grants.map(shown) },
      text: textOf(grants),
    };
  }),
  'grants add': operation(
    grantInput.extend({ name: z.string().trim().min(1).max(200).refine(isStorable, 'a name without NUL').optional() }),
    async ({ app }, { customer: named, role, objectId, tenantId, name }) => {
      const customer = await app.customers.find(named);
      const identity = { tenantId: tenantId ?? customer.id, objectId };
      const grant = { identity, role, displayName: name ?? null };
      const change = await app.access.grant(customer.id, grant, actorAtCommandLine());
      const text =
        change === 'granted' ? `${name ?? objectId} is ${role} at ${customer.name} now.` : 'That is granted already.';
      return { json: { change, ...grant }, text };
    },
  ),
  'grants remove': operation(grantInput, async ({ app }, { customer: named, role, objectId, tenantId }) => {
    const customer = await app.customers.find(named);
    const identity = { tenantId: tenantId ?? customer.id, objectId };
    const change = await app.access.revoke(customer.id, { identity, role }, actorAtCommandLine());
    const text =
      change === 'revoked' ? `${objectId} is not ${role} at ${customer.name} any more.` : 'There was no such grant.';
    return { json: { change, identity, role }, text };
  }),
};

/** Adds `grants list|add|remove`. */
export function addGrants(program: Command, backend: Backend): void {
  const grants = program.command('grants').description('who may do what at a customer, in Teams and in the tab');
  const roles = GRANTED_ROLES.join('|');
  grants
    .command('list [customer]')
    .description('list who has which role')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('grants list', customer === undefined ? {} : { customer }));
    });
  for (const [verb, operationName, what] of [
    ['add', 'grants add', 'give a person of the directory a role'],
    ['remove', 'grants remove', 'take a role back, at once'],
  ] as const) {
    const command = grants
      .command(`${verb} <role> <objectId>`)
      .description(`${what} (${roles})`)
      .option('--customer <name>', 'which customer, by name or tenant id')
      .option('--tenant <id>', 'the tenant the person is at home in; the customer’s own when left out');
    if (verb === 'add') command.option('--name <name>', 'how the person is called in lists and decisions');
    command.action(
      async (role: string, objectId: string, options: { customer?: string; tenant?: string; name?: string }) => {
        const { customer, tenant: tenantId, name } = options;
        const given = Object.entries({ customer, tenantId, name }).filter(([, value]) => value !== undefined);
        backend.print(await backend.operate(operationName, { role, objectId, ...Object.fromEntries(given) }));
      },
    );
  }
}

function shown({ identity, role, displayName, grantedAt }: Grant) {
  return { ...identity, role, displayName, grantedAt: grantedAt.toISOString() };
}

function textOf(grants: readonly Grant[]): string {
  if (grants.length === 0) return 'Nobody has a role yet.\nNext: mfa-rollout grants add approver OBJECT_ID --name NAME';
  const lines = grants.map(({ identity, role, displayName }) =>
    [role.padEnd(10), oneLine(displayName ?? '(no name)'), identity.objectId, `tenant ${identity.tenantId}`].join('  '),
  );
  return lines.join('\n');
}
