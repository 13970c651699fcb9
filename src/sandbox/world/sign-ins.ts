import { type Account, instantOf, type Stage } from './draft.ts';
import type { Random } from './random.ts';
import { BROWSER, DESKTOP, graphSignIn, type PastPolicy, type SignIn, type SignInFacts } from './sign-in-form.ts';

/** Who signed in how in the seven days before the world begins. */
export type SignInWishes = {
  tenantId: string;
  /** Sign-ins of an ordinary person, interactive and background together. */
  perPerson: number;
  officeIp: string;
  past: readonly PastPolicy[];
  ropc: { account: Account; appId: string; appName: string };
};

/** No more than this many sign-ins of one person, whatever is asked for. */
export const SIGN_INS_PER_PERSON_MAX = 20;

const DAYS = 7;
/** The log is some minutes behind. */
const LOG_DELAY_DAYS = 0.01;
const LEGACY_SHARE = 0.01;
const SERVICE_SIGN_INS = 3;
const ROPC_SIGN_INS = 6;
const LEGACY_CLIENTS = [
  'Exchange ActiveSync',
  'IMAP4',
  'Authenticated SMTP',
  'Exchange ActiveSync',
  'POP3',
  'Other clients',
];
const EXCHANGE = { appId: '00000002-0000-0ff1-ce00-000000000000', appName: 'Office 365 Exchange Online' };
const PEOPLE_APPS = [
  EXCHANGE,
  { appId: '00000003-0000-0ff1-ce00-000000000000', appName: 'Office 365 SharePoint Online' },
  { appId: '1fec8e78-bce4-4aaf-ab1b-5451cc387264', appName: 'Microsoft Teams' },
  { appId: '4765445b-32c6-49b0-83e6-1d93765276ca', appName: 'OfficeHome' },
];
const ADMIN_APP = { appId: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c', appName: 'Azure Portal' };

/** The sign-ins of everybody who signs in, newest first; about one in a hundred uses a legacy protocol. */
export function createSignIns(stage: Stage, wishes: SignInWishes): SignIn[] {
  const random = stage.random.fork('signIns');
  const facts: SignInFacts[] = [];
  const people: Account[] = [];
  for (const account of stage.accounts) {
    if (!account.enabled) continue;
    facts.push(...habitual(stage, account, wishes, random));
    if (account.habit.kind === 'person' && account.standing === 'certain') people.push(account);
  }
  facts.push(...ropcClient(stage, wishes, random));
  facts.push(...legacyClients(stage, people, facts, random));
  return facts
    .map((one) => graphSignIn(stage.facts, wishes.tenantId, one, random, wishes.past))
    .sort((a, b) => (a.createdDateTime < b.createdDateTime ? 1 : a.createdDateTime > b.createdDateTime ? -1 : 0));
}

/** Writes each user's last sign-ins into `signInActivity`, as far as the log reaches. */
export function noteActivity(
  users: readonly { id: string; signInActivity?: unknown }[],
  signIns: readonly SignIn[],
): void {
  const last = new Map<string, { interactive?: SignIn; background?: SignIn; success?: SignIn }>();
  for (const one of signIns) {
    const seen = last.get(one.userId) ?? {};
    last.set(one.userId, seen);
    if (one.isInteractive === true) seen.interactive ??= one;
    else seen.background ??= one;
    if ((one.status as { errorCode: number }).errorCode === 0) seen.success ??= one;
  }
  for (const user of users) {
    const seen = last.get(user.id);
    if (seen === undefined) continue;
    user.signInActivity = {
      lastSignInDateTime: seen.interactive?.createdDateTime ?? null,
      lastSignInRequestId: seen.interactive?.id ?? null,
      lastNonInteractiveSignInDateTime: seen.background?.createdDateTime ?? null,
      lastNonInteractiveSignInRequestId: seen.background?.id ?? null,
      lastSuccessfulSignInDateTime: seen.success?.createdDateTime ?? null,
      lastSuccessfulSignInRequestId: seen.success?.id ?? null,
    };
  }
}

function habitual(stage: Stage, account: Account, wishes: SignInWishes, random: Random): SignInFacts[] {
  const { habit } = account;
  switch (habit.kind) {
    case 'person':
      return ofPerson(stage, account, wishes, random);
    case 'smtp':
    case 'imap':
    case 'ropc': {
      const client = { smtp: 'Authenticated SMTP', imap: 'IMAP4', ropc: DESKTOP }[habit.kind];
      const protocol = habit.kind === 'ropc' ? ('ropc' as const) : ('none' as const);
      const { appId, appName, ip } = habit;
      const one = { account, appId, appName, client, protocol, ip, isInteractive: false, isInside: false };
      return times(SERVICE_SIGN_INS, () => ({ ...one, at: moment(stage, random) }));
    }
    case 'rare':
    case 'none':
      return [];
  }
}

function ofPerson(stage: Stage, account: Account, wishes: SignInWishes, random: Random): SignInFacts[] {
  const spread = Math.max(0, Math.floor(wishes.perPerson / 3));
  const wanted = wishes.perPerson - spread + random.int(2 * spread + 1);
  const total = Math.min(SIGN_INS_PER_PERSON_MAX, Math.max(1, wanted));
  const interactive = Math.max(1, Math.round(total / 2));
  const apps = account.department === 'IT' ? [...PEOPLE_APPS, ADMIN_APP] : PEOPLE_APPS;
  return times(total, (index) => {
    const isInteractive = index < interactive;
    const isInside = random.chance(0.6);
    return {
      account,
      at: moment(stage, random),
      ...random.pick(apps),
      client: isInteractive && random.chance(0.7) ? BROWSER : DESKTOP,
      protocol: 'oAuth2' as const,
      isInteractive,
      isInside,
      ip: isInside ? wishes.officeIp : `192.0.2.${1 + random.int(250)}`,
    };
  });
}

function ropcClient(stage: Stage, { ropc }: SignInWishes, random: Random): SignInFacts[] {
  const ip = `198.51.100.${1 + random.int(250)}`;
  const { account, appId, appName } = ropc;
  const one = { account, appId, appName, ip, client: DESKTOP, isInteractive: false, isInside: false };
  return times(ROPC_SIGN_INS, () => ({ ...one, protocol: 'ropc' as const, at: moment(stage, random) }));
}

/** People with an old mail client, two sign-ins each, half of them in the foreground. */
function legacyClients(
  stage: Stage,
  people: readonly Account[],
  facts: readonly SignInFacts[],
  random: Random,
): SignInFacts[] {
  const present = facts.filter(({ client }) => client !== BROWSER && client !== DESKTOP).length;
  const missing = Math.max(4, Math.round(facts.length * LEGACY_SHARE) - present);
  const users = random.shuffle(people).slice(0, Math.ceil(missing / 2));
  return users.flatMap((account) => {
    const client = random.pick(LEGACY_CLIENTS);
    const ip = `192.0.2.${1 + random.int(250)}`;
    const one = { account, ...EXCHANGE, client, ip, protocol: 'none' as const, isInside: false };
    return [true, false].map((isInteractive) => ({ ...one, isInteractive, at: moment(stage, random) }));
  });
}

function moment(stage: Stage, random: Random): string {
  return instantOf(stage.facts, -LOG_DELAY_DAYS - random.next() * (DAYS - LOG_DELAY_DAYS));
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
