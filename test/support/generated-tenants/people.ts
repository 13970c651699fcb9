/** The accounts of a generated tenant and their people in HR. */
import type { Random } from '../../../src/sandbox/world/random.ts';
import type { BambooCompany, GraphObject, Tenant } from '../../../src/sandbox/world/world.ts';
import type { Recipe } from './recipe.ts';

export const BORN = '2025-03-01T08:00:00Z';

type User = Tenant['users'][number];
type Method = 'password' | 'microsoftAuthenticator' | 'fido2' | 'phone';

export type Cast = {
  users: User[];
  methods: Tenant['authenticationMethods'];
  mailboxes: Tenant['mailboxPurposes'];
  employees: BambooCompany['employees'];
  absences: BambooCompany['absences'];
  /** Account ids of the people at work, in the order of their departments. */
  workers: { id: string; department: string | null }[];
  emergency: string[];
  services: string[];
  guests: string[];
  sync: string | null;
};

/** What a domain of the tenant is called. */
export type Domains = { domain: string; initial: string };

const FIRST = [
  'Ada',
  'Bjørn',
  'Chloé',
  "D'Arcy",
  'Eşref',
  'Fritz-Joachim',
  'Grażyna',
  'Hannah',
  '伊藤',
  'Jo',
  'Zoë',
  'Omar',
];
const LAST = [
  "O'Brien",
  'Łukasz',
  'von der Höhe',
  'Smith',
  'Smith',
  'Ng',
  'Müller-Lüdenscheidt',
  '佐藤',
  'Ivanović',
  'de la Cruz',
];

/** Draws everybody. */
export function drawCast(random: Random, recipe: Recipe, domains: Domains): Cast {
  const cast: Cast = {
    ...{ users: [], methods: {}, mailboxes: {}, employees: [], absences: [], workers: [] },
    ...{ emergency: [], services: [], guests: [], sync: null },
  };
  for (let index = 0; index < recipe.people; index += 1) addWorker(cast, random, { recipe, domains, index });
  addEmergency(cast, random, { recipe, domains });
  for (let index = 0; index < recipe.serviceAccounts; index += 1) {
    cast.services.push(add(cast, random, { name: `svc backup ${index}`, upn: `svc-${index}@${domains.domain}` }));
  }
  for (let index = 0; index < recipe.sharedMailboxes; index += 1) {
    const id = add(cast, random, { name: `info ${index}`, upn: `info${index}@${domains.domain}`, isMailed: true });
    cast.mailboxes[id] = 'shared';
  }
  for (let index = 0; index < recipe.guests; index += 1) cast.guests.push(addGuest(cast, random, domains, index));
  if (recipe.hasSyncAccount) {
    const name = `Sync_DC01_${random.hex(12)}`;
    cast.sync = add(cast, random, { name: 'On-Premises Directory Synchronization', upn: `${name}@${domains.initial}` });
  }
  for (let index = 0; index < recipe.leavers; index += 1) {
    const set = { accountEnabled: random.chance(0.4), employeeId: String(9000 + index) };
    add(cast, random, { name: `Gone ${index}`, upn: `gone.${index}@${domains.domain}`, isMailed: true, set });
  }
  return cast;
}

type Drawn = { recipe: Recipe; domains: Domains; index: number };

function addWorker(cast: Cast, random: Random, { recipe, domains, index }: Drawn): void {
  const first = random.pick(FIRST);
  const last = random.pick(LAST);
  // Everybody is in a department at first, so that none of them is empty.
  const department = recipe.departments[index] ?? (random.chance(0.05) ? null : random.pick(recipe.departments));
  const number = String(1000 + index);
  const upn = `p${index}.${latin(last)}@${domains.domain}`;
  const isEnabled = index < recipe.departments.length || !random.chance(0.05);
  const id = add(cast, random, {
    ...{ name: `${first} ${last}`, upn, isMailed: true, methods: drawMethods(random, recipe.enrolled) },
    set: {
      ...{ givenName: first, surname: last, department, employeeId: number, accountEnabled: isEnabled },
      onPremisesSyncEnabled: recipe.hasSyncAccount && random.chance(0.5) ? true : null,
    },
  });
  cast.mailboxes[id] = 'user';
  const boss = index > 0 && random.chance(0.8) ? random.int(index) : null;
  cast.employees.push({
    ...{ id: String(index + 1), employeeNumber: number, firstName: first, lastName: last },
    ...{ displayName: `${first} ${last}`, department, jobTitle: 'Clerk', status: 'Active', workEmail: upn },
    ...{ hireDate: '2024-01-01', terminationDate: '0000-00-00' },
    ...{ supervisor: null, supervisorId: boss === null ? null : String(1000 + boss) },
    ...{ supervisorEId: boss === null ? null : String(boss + 1), supervisorEmail: null },
  });
  if (isEnabled) cast.workers.push({ id, department });
}

function latin(text: string): string {
  return (
    text
      .normalize('NFD')
      .replaceAll(/[^a-zA-Z]/g, '')
      .toLowerCase() || 'x'
  );
}

/** A phone alone is registered and is not taken by the tenant. */
function drawMethods(random: Random, enrolled: number): Method[] {
  if (random.chance(enrolled)) return random.chance(0.8) ? ['microsoftAuthenticator'] : ['fido2', 'phone'];
  return random.chance(0.3) ? ['phone'] : [];
}

function addEmergency(cast: Cast, random: Random, { recipe, domains }: Omit<Drawn, 'index'>): void {
  const { emergency } = recipe;
  const count = emergency === 'none' ? 0 : emergency === 'one' ? 1 : emergency === 'three' ? 3 : 2;
  for (let index = 0; index < count; index += 1) {
    const isHalf = index === 0;
    cast.emergency.push(
      add(cast, random, {
        name: `Emergency ${index}`,
        upn: `emergency-${index}@${domains.initial}`,
        methods: isHalf && emergency === 'halfWithoutKey' ? [] : ['fido2'],
        set: {
          accountEnabled: !(isHalf && emergency === 'halfDisabled'),
          onPremisesSyncEnabled: isHalf && emergency === 'halfSynced' ? true : null,
        },
      }),
    );
  }
}

function addGuest(cast: Cast, random: Random, { initial }: Domains, index: number): string {
  const upn = `guest${index}_fabrikam.example#EXT#@${initial}`;
  const set = { userType: 'Guest', creationType: 'Invitation', externalUserState: 'Accepted' };
  return add(cast, random, { name: `Guest ${index}`, upn, set, methods: random.chance(0.5) ? ['phone'] : [] });
}

type Wish = { name: string; upn: string; isMailed?: boolean; methods?: Method[]; set?: GraphObject };

function add(cast: Cast, random: Random, { name, upn, isMailed = false, methods = [], set = {} }: Wish): string {
  const id = random.uuid();
  const mail = isMailed ? upn : null;
  cast.users.push({
    ...{ id, displayName: name, givenName: null, surname: null, userPrincipalName: upn, mail },
    ...{ proxyAddresses: mail === null ? [] : [`SMTP:${mail}`], businessPhones: [], mobilePhone: null },
    ...{ jobTitle: null, officeLocation: null, preferredLanguage: 'en', department: null, employeeId: null },
    ...{ accountEnabled: true, userType: 'Member', creationType: null, externalUserState: null },
    ...{ createdDateTime: BORN, onPremisesSyncEnabled: null, assignedLicenses: [], assignedPlans: [] },
    ...set,
  });
  const all: Method[] = ['password', ...methods];
  cast.methods[id] = all.map((method) => ({
    '@odata.type': `#microsoft.graph.${method}AuthenticationMethod`,
    id: random.uuid(),
    createdDateTime: BORN,
    ...(method === 'phone' ? { phoneType: 'mobile', phoneNumber: '+49 5550100' } : {}),
  }));
  return id;
}
