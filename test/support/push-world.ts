/** A made-up customer whose draft is drawn and can be approved and pushed by an application that may write. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from '../../src/compose.ts';
import type { Identity } from '../../src/rollout/access/access.core.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { GraphObject, Tenant } from '../../src/sandbox/world/world.ts';
import { readJournal } from '../../src/store/journal.ts';
import { drillBreakGlass } from './drill.ts';
import { addCustomerOf, type RunningSandbox, sync } from './product.ts';

export const BY = { kind: 'test' };

const MSP = '99999999-0000-4000-8000-000000000000';
const ENGINEER: Identity = { tenantId: MSP, objectId: '99999999-0000-4000-8000-000000000001' };
const APPROVER: Identity = { tenantId: MSP, objectId: '99999999-0000-4000-8000-000000000002' };

type File = Parameters<NonNullable<Parameters<typeof addCustomerOf>[2]>>[0];

/** Adds the world's customer with its writing application, syncs it, grants an engineer and an approver, and drills. */
export async function addWrittenCustomer(
  app: App,
  world: RunningSandbox,
  change: (file: File) => void = () => undefined,
): Promise<Customer> {
  const customer = await addUndrilledCustomer(app, world, change);
  await drillBreakGlass(app, customer);
  return customer;
}

/** The same before any of its break-glass accounts was drilled. */
export async function addUndrilledCustomer(
  app: App,
  world: RunningSandbox,
  change: (file: File) => void = () => undefined,
): Promise<Customer> {
  const writer = tenantOf(world).apps.find(({ displayName }) => displayName === 'Rollout writer');
  if (writer === undefined) throw new Error('a world has a writing application');
  const secret = join(mkdtempSync(join(tmpdir(), 'mfa-writer-')), 'secret');
  writeFileSync(secret, writer.clientSecret);
  const customer = await addCustomerOf(app, world, (file) => {
    file.writer = { clientId: writer.clientId, clientSecret: `file:${secret}` };
    change(file);
  });
  await sync(app, customer);
  await app.access.grant(customer.id, { identity: ENGINEER, role: 'engineer', displayName: 'Eva Engineer' }, 'test');
  await app.access.grant(customer.id, { identity: APPROVER, role: 'approver', displayName: 'Ada Approver' }, 'test');
  return customer;
}

/** Signs the exceptions as they are. */
export async function signExceptions(app: App, customer: Customer): Promise<void> {
  const approver = await app.access.actorOf(APPROVER, customer.id);
  const { digest } = await app.signOff.review(customer, approver);
  const outcome = await app.signOff.sign(customer, approver, digest);
  if (outcome.outcome !== 'recorded') throw new Error(`not signed: ${outcome.outcome}`);
}

/** Approves the draft as it is now, or holds it, and gives its digest. */
export async function decideDraft(
  app: App,
  customer: Customer,
  verdict: 'approved' | 'held' = 'approved',
  seen?: string,
): Promise<string> {
  const engineer = await app.access.actorOf(ENGINEER, customer.id);
  const { digest } = await app.drafts.review(customer, engineer);
  const outcome = await app.drafts.decide(customer, engineer, { digest, verdict, seen });
  if (outcome.outcome !== 'recorded') throw new Error(`not decided: ${JSON.stringify(outcome)}`);
  return digest;
}

/** The tenant as the sandbox has it. */
export function tenantOf({ sandbox, setUp }: Pick<RunningSandbox, 'sandbox' | 'setUp'>): Tenant {
  const state = sandbox.state.tenants.get(setUp.tenantId);
  if (state === undefined) throw new Error('the tenant is there');
  return state.tenant;
}

/** What a push may change in a tenant, in a form that can be compared: policies and groups with their members. */
export function writableParts(world: RunningSandbox): unknown {
  const { conditionalAccessPolicies, groups, securityDefaults } = tenantOf(world);
  const sorted = <T extends GraphObject>(list: readonly T[]) =>
    [...list].sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
  return structuredClone({
    policies: sorted(conditionalAccessPolicies),
    groups: groups
      .map(({ group, members }) => ({ ...group, members: members.map(({ id }) => id).sort() }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    securityDefaults,
  });
}

/** The product's own policies as the tenant has them, by their name. */
export function ownPolicies(world: RunningSandbox): Map<string, GraphObject> {
  const own = tenantOf(world).conditionalAccessPolicies.filter(({ displayName }) =>
    String(displayName).startsWith('MFA Rollout - '),
  );
  return new Map(own.map((policy) => [String(policy.displayName).slice('MFA Rollout - '.length), policy]));
}

/** The product's own groups, by what follows the prefix of their name, with their members. */
export function ownGroups(world: RunningSandbox): Map<string, { id: string; members: string[] }> {
  const own = tenantOf(world).groups.filter(({ group }) => String(group.displayName).startsWith('MFA Rollout - '));
  return new Map(
    own.map(({ group, members }) => [
      String(group.displayName).slice('MFA Rollout - '.length),
      { id: group.id, members: members.map(({ id }) => id).sort() },
    ]),
  );
}

/** The requests that changed something in Graph since the log was emptied. */
export function graphWrites({ sandbox }: RunningSandbox): string[] {
  return sandbox.requests
    .list()
    .filter(({ vendor, method, template }) => vendor === 'graph' && method !== 'GET' && !template.endsWith('evaluate'))
    .map(({ method, template }) => `${method} ${template}`);
}

/** Every event of the customer's journal whose name begins so, however many pages it has. */
export async function journalled(
  app: App,
  { id }: Customer,
  start: string,
): Promise<{ event: string; facts: unknown }[]> {
  const rows = await app.database.withCustomer(id, async (tx) => {
    const all = await readJournal(tx, id);
    for (let page = all; page.length > 0; all.push(...page)) page = await readJournal(tx, id, all.at(-1)?.seq);
    return all;
  });
  return rows.filter(({ event }) => event.startsWith(start)).map(({ event, facts }) => ({ event, facts }));
}
