import type { BambooCompany, CustomerTruth, Tenant, Truth, World } from '../../src/sandbox/world/world.ts';

/** One customer of a world with its truth and the look-ups that tests ask again and again. */
export type Customer = {
  tenant: Tenant;
  company: BambooCompany;
  truth: CustomerTruth;
  users: Map<string, Tenant['users'][number]>;
  /** HR rows by the id that the truth uses. */
  rows: Map<string, BambooCompany['employees'][number]>;
};

/** The customers of a world in order. */
export function customersOf({ world, truth }: { world: World; truth: Truth }): Customer[] {
  return truth.customers.map((customer) => {
    const tenant = world.tenants.find(({ tenantId }) => tenantId === customer.tenantId);
    const company = world.bambooCompanies.find(({ domain }) => domain === customer.companyDomain);
    if (tenant === undefined || company === undefined)
      throw new Error('the truth names a customer that is not in the world');
    const records = new Map(company.employees.map((row) => [row.id, row]));
    const rows = new Map(
      customer.employeeRecords.map(({ employeeId, recordId }) => [employeeId, required(records.get(recordId))]),
    );
    return { tenant, company, truth: customer, users: new Map(tenant.users.map((user) => [user.id, user])), rows };
  });
}

export function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('something the world refers to is not in it');
  return value;
}

/** Every address of a user, in lower case. */
export function addressesOf(user: Tenant['users'][number]): Set<string> {
  const proxies = (user.proxyAddresses as string[]).map((address) => address.replace(/^smtp:/i, ''));
  const all = [user.mail as string | null, user.userPrincipalName as string, ...proxies];
  return new Set(all.flatMap((address) => (address === null ? [] : [address.toLowerCase()])));
}

/**
 * Which pairs the visible data alone make certain, by the rules of the mission and nothing else: an employee id equal
 * on both sides and unique there; of accounts that share one, the only one that has the mail; then, for whom no account
 * carries the id, a mail that is unique on both sides. Written without looking at how the generator makes its truth.
 */
export function certainPairs({ tenant, truth, rows }: Customer): Map<string, string> {
  const active = truth.employeeRecords.filter(({ employeeId }) => rows.get(employeeId)?.status === 'Active');
  const mailOf = (employeeId: string) => rows.get(employeeId)?.workEmail?.toLowerCase() ?? '';
  const byId = grouped(tenant.users, (user) => [((user.employeeId as string | null) ?? '').trim()]);
  const byAddress = grouped(tenant.users, (user) => [...addressesOf(user)]);
  const sharers = grouped(active, ({ employeeId }) => [mailOf(employeeId)]);
  const byStage: Record<'id' | 'mail', [string, string][]> = { id: [], mail: [] };
  for (const { employeeId } of active) {
    const mail = mailOf(employeeId);
    const withId = byId.get(employeeId) ?? [];
    const withMail = byAddress.get(mail) ?? [];
    const only = withId.length === 1 ? withId : withId.filter((user) => addressesOf(user).has(mail));
    const stage = withId.length > 0 ? 'id' : 'mail';
    const found = stage === 'id' ? only : sharers.get(mail)?.length === 1 ? withMail : [];
    if (found[0] !== undefined && found.length === 1) byStage[stage].push([employeeId, found[0].id]);
  }
  const taken = new Set(byStage.id.map(([, accountId]) => accountId));
  return new Map([...byStage.id, ...byStage.mail.filter(([, accountId]) => !taken.has(accountId))]);
}

function grouped<T>(items: readonly T[], keysOf: (item: T) => string[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOf(item).filter((one) => one !== '')) groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
