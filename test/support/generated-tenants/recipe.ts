/** What a generated tenant is like, drawn from its seed before anything of it is built. */
import { createRandom, type Random } from '../../../src/sandbox/world/random.ts';

export type Emergency =
  | 'two'
  | 'three'
  | 'one'
  | 'none'
  | 'halfDisabled'
  | 'halfWithoutKey'
  | 'halfNotAdmin'
  | 'halfSynced';

export type OldPolicy =
  | 'mfaGroup'
  | 'mfaNestedGroup'
  | 'mfaAll'
  | 'mfaAdmins'
  | 'mfaOutside'
  | 'mfaMailOnly'
  | 'mfaOrDevice'
  | 'mfaStrength'
  | 'mfaRisk'
  | 'mfaDynamicGroup'
  | 'registerFromOffice'
  | 'guests'
  | 'microsoftManaged'
  | 'legacyOff'
  | 'foreignCountriesOff'
  | 'weeklySignIn'
  | 'switchedOff'
  | 'reportOnly'
  | 'deletedGroup'
  | 'conflicting';

export type Recipe = {
  seed: number;
  /** Accounts that people of the customer work with. */
  people: number;
  departments: string[];
  emergency: Emergency;
  /** Whether the emergency accounts are in a group of their own from the beginning. */
  hasEmergencyGroup: boolean;
  securityDefaults: boolean;
  premium: 'yes' | 'no' | 'tooFewSeats';
  policies: OldPolicy[];
  administrators: number;
  /** Share of the people who have registered a method that the tenant takes. */
  enrolled: number;
  perUserMfa: boolean;
  guests: number;
  serviceAccounts: number;
  sharedMailboxes: number;
  hasSyncAccount: boolean;
  leavers: number;
  eligibleAdmin: boolean;
  twinGroups: boolean;
};

const OLD_POLICIES: readonly OldPolicy[] = [
  ...(['mfaGroup', 'mfaNestedGroup', 'mfaAll', 'mfaAdmins', 'mfaOutside', 'mfaMailOnly', 'mfaOrDevice'] as const),
  ...(['mfaStrength', 'mfaRisk', 'mfaDynamicGroup', 'registerFromOffice', 'guests', 'microsoftManaged'] as const),
  ...(['legacyOff', 'foreignCountriesOff', 'weeklySignIn', 'switchedOff', 'reportOnly', 'deletedGroup'] as const),
  'conflicting',
];

const DEPARTMENTS = ['IT', 'Sales', 'Ops & Logistics', 'Finanzen "Süd"', '日本営業部', "People's team, 2nd floor"];

/** The largest tenant of a run that has to be through in seconds. */
export const SMALL_MAX = 12;
const PEOPLE_MAX = 300;

/** Draws what the tenant of this seed is like; the same seed gives the same on every machine. */
export function drawRecipe(seed: number, peopleMax = PEOPLE_MAX): Recipe {
  const random = createRandom(`generated tenant ${seed}`);
  const people = Math.min(peopleMax, drawSize(random));
  const departments = random.shuffle(DEPARTMENTS).slice(0, 1 + random.int(Math.min(3, people)));
  const securityDefaults = random.chance(0.15);
  return {
    seed,
    people,
    departments,
    emergency: drawEmergency(random),
    hasEmergencyGroup: random.chance(0.6),
    securityDefaults,
    premium: random.chance(0.06) ? 'no' : random.chance(0.03) ? 'tooFewSeats' : 'yes',
    // Entra does not switch Security Defaults on beside enabled policies, yet tenants exist that have both.
    policies: securityDefaults && random.chance(0.9) ? [] : drawPolicies(random),
    administrators: random.int(4),
    enrolled: random.pick([0.3, 0.7, 0.9, 1]),
    perUserMfa: random.chance(0.25),
    guests: random.chance(0.4) ? random.int(4) : 0,
    serviceAccounts: random.chance(0.5) ? random.int(3) : 0,
    sharedMailboxes: random.chance(0.4) ? 1 : 0,
    hasSyncAccount: random.chance(0.4),
    leavers: random.chance(0.3) ? 1 + random.int(2) : 0,
    eligibleAdmin: random.chance(0.4),
    twinGroups: random.chance(0.15),
  };
}

/** Most customers are small, and what can go wrong with 300 people mostly can with 8. */
function drawSize(random: Random): number {
  const roll = random.next();
  if (roll < 0.8) return 3 + random.int(10);
  if (roll < 0.96) return 13 + random.int(28);
  if (roll < 0.99) return 41 + random.int(80);
  return 121 + random.int(PEOPLE_MAX - 120);
}

function drawEmergency(random: Random): Emergency {
  if (random.chance(0.82)) return random.chance(0.85) ? 'two' : 'three';
  return random.pick<Emergency>(['one', 'none', 'halfDisabled', 'halfWithoutKey', 'halfNotAdmin', 'halfSynced']);
}

function drawPolicies(random: Random): OldPolicy[] {
  return random.shuffle(OLD_POLICIES).slice(0, random.int(random.chance(0.2) ? 7 : 4));
}
