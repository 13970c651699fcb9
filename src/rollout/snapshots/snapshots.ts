import type { Customer } from '../customers/customers.ts';
import type { StoredSources } from '../roster/roster.ts';
import { type Snapshot, snapshotSchema } from './snapshot-file.ts';

/** Stored parts that stand in a snapshot under their own name. */
const PARTS = [
  'organization',
  'groups',
  'servicePrincipals',
  'policies',
  'securityDefaults',
  'perUserMfa',
  'namedLocations',
  'mailboxes',
  'subscribedSkus',
  'authenticationMethods',
] as const;

const SIGN_IN_PARTS = ['legacySignIns', 'backgroundSignIns', 'interactiveSignIns'] as const;

/**
 * What is stored of a customer, in the form of a snapshot file: live questions are answered by the same code as offline
 * ones. A source that was never read is left out, so that answers about it are unknown.
 */
export function snapshotOf(customer: Customer, stored: StoredSources): Snapshot {
  const wasRead = (source: string) =>
    stored.readings.some((reading) => reading.source === source && reading.state !== 'missing');
  const parts = Object.fromEntries(
    PARTS.filter((name) => stored.parts.has(name) && wasRead(name)).map((name) => [name, stored.parts.get(name)]),
  );
  const { breakGlass, serviceAccounts, approverAccountId, exceptionGroupId, breakGlassGroupId } =
    customer.settings.declared;
  return snapshotSchema.parse({
    version: 1,
    takenAt: takenAt(stored, customer.settings.timeZone),
    tenantId: customer.id,
    ...(wasRead('hr') ? { hr: { source: customer.settings.hr.source, employees: stored.employees } } : {}),
    ...(wasRead('users') ? { users: stored.accounts } : {}),
    ...(wasRead('registration') ? { registration: stored.registrations } : {}),
    ...parts,
    ...rolesOf(stored),
    ...signInsOf(stored, wasRead),
    declared: {
      breakGlass,
      serviceAccounts,
      ...(approverAccountId === undefined ? {} : { approverAccountId }),
      exceptionGroupId: exceptionGroupId ?? null,
      breakGlassGroupId: breakGlassGroupId ?? null,
    },
  });
}

/**
 * The instant of the newest reading, the epoch when nothing was read yet; written in the customer's time zone, so that
 * its date is the customer's today.
 */
function takenAt(stored: StoredSources, timeZone: string): string {
  const times = stored.readings.map((reading) => reading.readAt?.getTime() ?? 0);
  return inTimeZone(Math.max(0, ...times), timeZone);
}

/** An instant as ISO 8601 with the offset that the time zone has at it. */
function inTimeZone(instantMs: number, timeZone: string): string {
  const name = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(instantMs)
    .find((part) => part.type === 'timeZoneName')?.value;
  const [, sign = '+', hours = '00', minutes = '00'] = /^GMT([+-])(\d{2}):(\d{2})/.exec(name ?? '') ?? [];
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return `${new Date(instantMs + offsetMs).toISOString().slice(0, -1)}${sign}${hours}:${minutes}`;
}

/** Active and eligible assignments in one list, told apart by `eligible`. */
function rolesOf(stored: StoredSources): { roleAssignments?: unknown[] } {
  const active = stored.parts.get('roleAssignments') as object[] | undefined;
  if (active === undefined) return {};
  const eligible = (stored.parts.get('roleEligibilities') ?? []) as object[];
  return {
    roleAssignments: [
      ...active.map((row) => ({ ...row, eligible: false })),
      ...eligible.map((row) => ({ ...row, eligible: true })),
    ],
  };
}

/**
 * All sign-ins, once every part of them was read: "background sign-ins and none at a screen" makes an account a
 * program's, and a part that is not known must not look like nobody at a screen.
 */
function signInsOf(stored: StoredSources, wasRead: (source: string) => boolean): { signIns?: unknown[] } {
  if (!SIGN_IN_PARTS.every((name) => stored.parts.has(name) && wasRead(name))) return {};
  const rows = SIGN_IN_PARTS.flatMap((name) => stored.parts.get(name) as { id: string }[]);
  return { signIns: [...new Map(rows.map((row) => [row.id, row])).values()] };
}
