import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';

/**
 * The snapshot file, version 1: everything the offline commands need of one customer at one instant. A stored shape:
 * keys may be added, none renamed. Our own keys are strict; Graph's objects are kept exactly as Graph returned them,
 * and only what the product relies on is checked.
 */
const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(T.*)?$/, 'a date YYYY-MM-DD')
  .transform((text) => text.slice(0, 10))
  .nullable()
  .default(null);
const text = z.string().nullable().default(null);
const id = z.string().min(1);
const graphObject = z.looseObject({ id });

const employee = z.strictObject({
  employeeId: z.string().min(1),
  displayName: text,
  firstName: text,
  lastName: text,
  workEmail: text,
  department: text,
  jobTitle: text,
  managerEmployeeId: text,
  status: z.enum(['active', 'onLeave', 'inactive']),
  hireDate: date,
  terminationDate: date,
  returnDate: date,
});

const optionalText = z.string().nullish();
const user = z.looseObject({
  id,
  displayName: optionalText,
  givenName: optionalText,
  surname: optionalText,
  userPrincipalName: optionalText,
  mail: optionalText,
  employeeId: optionalText,
  department: optionalText,
  userType: optionalText,
  accountEnabled: z.boolean().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  proxyAddresses: z.array(z.string()).nullish(),
  manager: z.looseObject({ id }).nullish(),
});

const registration = z.looseObject({
  id,
  isMfaCapable: z.boolean().nullish(),
  isMfaRegistered: z.boolean().nullish(),
  methodsRegistered: z.array(z.string()).nullish(),
});

const group = z.looseObject({ id, members: z.array(z.looseObject({ id })).nullish() });
const roleAssignment = z.looseObject({ roleDefinitionId: id, principalId: id, eligible: z.boolean().nullish() });
const policy = z.looseObject({ id, state: z.string(), conditions: z.looseObject({}).nullish() });
const signIn = z.looseObject({
  userId: optionalText,
  createdDateTime: z.string(),
  clientAppUsed: optionalText,
  authenticationProtocol: optionalText,
  signInEventTypes: z.array(z.string()).nullish(),
  isInteractive: z.boolean().nullish(),
});

/** An optional part: absent or null means "not read", which makes answers unknown, never fine. */
const part = <T extends z.ZodType>(schema: T) => z.array(schema).nullish();

const ids = z
  .array(id)
  .nullish()
  .transform((list) => list ?? []);

/** What the customer said of its own accounts; null and absent both mean that nothing was said. */
const declared = z
  .strictObject({
    breakGlass: ids,
    serviceAccounts: ids,
    /** Who answers for an exception without a better owner. */
    approverAccountId: id.nullish(),
    exceptionGroupId: id.nullish(),
    breakGlassGroupId: id.nullish(),
  })
  .nullish()
  .transform((said) => said ?? { breakGlass: [], serviceAccounts: [] });

/** The schema of the snapshot file; docs/schemas/snapshot.schema.json is written from it. */
export const snapshotSchema = z.strictObject({
  version: z.literal(1),
  takenAt: z.iso.datetime({ offset: true }),
  tenantId: z.guid(),
  organization: z.looseObject({ id }).nullish(),
  hr: z.strictObject({ source: z.enum(['bamboohr', 'workday', 'csv']), employees: z.array(employee) }).nullish(),
  users: part(user),
  registration: part(registration),
  /** Filled where the registration report is not licensed: each person’s methods, as `authentication/methods` lists them. */
  authenticationMethods: part(z.strictObject({ id, methods: z.array(z.looseObject({ '@odata.type': z.string() })) })),
  groups: part(group),
  roleAssignments: part(roleAssignment),
  servicePrincipals: part(graphObject),
  policies: part(policy),
  securityDefaults: z.looseObject({ isEnabled: z.boolean() }).nullish(),
  perUserMfa: part(z.looseObject({ id, perUserMfaState: z.string() })),
  namedLocations: part(graphObject),
  mailboxes: part(z.looseObject({ id, userPurpose: z.string().nullish() })),
  signIns: part(signIn),
  subscribedSkus: part(z.looseObject({})),
  authenticationStrengths: part(graphObject),
  declared,
});

/** One customer at one instant: what every offline command reads, and the form in which live data meets the cores. */
export type Snapshot = z.infer<typeof snapshotSchema>;

/** The parts of a snapshot whose rows stand for one object each; a repeated id there is a broken file. */
const UNIQUE_PARTS = ['users', 'registration', 'groups', 'policies', 'servicePrincipals', 'namedLocations'] as const;

const MISTAKES_SHOWN = 10;

/**
 * Reads the text of a snapshot file. Refuses with a code and a sentence: `snapshot_not_json`, `snapshot_version`,
 * `snapshot_unknown_key`, `snapshot_invalid`, `snapshot_duplicate_id`, `snapshot_foreign` (organization and tenantId
 * belong to different tenants).
 */
export function parseSnapshot(content: string): Snapshot {
  const value = parseJson(content);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw refused('snapshot_invalid', 'A snapshot file holds one JSON object; this file holds something else.');
  }
  const version = (value as { version?: unknown }).version;
  if (version !== 1) {
    throw refused(
      'snapshot_version',
      'This file is not a version 1 snapshot. Take a new one with "mfa-rollout snapshot".',
    );
  }
  const parsed = snapshotSchema.safeParse(value);
  if (!parsed.success) throw mistakesError(parsed.error.issues);
  refuseDeep(parsed.data);
  refuseDuplicates(parsed.data);
  refuseForeign(parsed.data);
  return withOneSpelling(parsed.data);
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content.startsWith('\uFEFF') ? content.slice(1) : content) as unknown;
  } catch (error) {
    throw refused(
      'snapshot_not_json',
      'The snapshot file is not JSON, or it was cut off. Take a new one with "mfa-rollout snapshot".',
      error,
    );
  }
}

function mistakesError(issues: z.core.$ZodIssue[]): AppError {
  const unknown = issues.some((issue) => issue.code === 'unrecognized_keys');
  const list = issues
    .slice(0, MISTAKES_SHOWN)
    .map((issue) => `  - ${issue.path.map(String).join('.') || 'the file'}: ${issue.message}`);
  if (issues.length > MISTAKES_SHOWN) list.push(`  - and ${issues.length - MISTAKES_SHOWN} more`);
  return refused(
    unknown ? 'snapshot_unknown_key' : 'snapshot_invalid',
    `The snapshot file does not have the form of docs/schemas/snapshot.schema.json:\n${list.join('\n')}`,
  );
}

/** Policies are read recursively. Graph nests them seven levels deep; a thousand would end the program. */
const POLICY_DEPTH_MAX = 50;

function refuseDeep({ policies, namedLocations }: Snapshot): void {
  let level: unknown[] = [policies ?? [], namedLocations ?? []];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > POLICY_DEPTH_MAX) {
      throw refused('snapshot_invalid', 'A policy in the snapshot file is nested deeper than any policy of a tenant.');
    }
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
}

function refuseDuplicates(snapshot: Snapshot): void {
  for (const name of UNIQUE_PARTS) {
    const seen = new Set<string>();
    for (const row of snapshot[name] ?? []) {
      const rowId = row.id.toLowerCase();
      if (seen.has(rowId)) {
        throw refused(
          'snapshot_duplicate_id',
          `The snapshot file lists one id twice in "${name}", which a tenant cannot do. Take a new one.`,
        );
      }
      seen.add(rowId);
    }
  }
}

function refuseForeign(snapshot: Snapshot): void {
  const organizationId = snapshot.organization?.id;
  if (organizationId !== undefined && organizationId.toLowerCase() !== snapshot.tenantId.toLowerCase()) {
    throw refused(
      'snapshot_foreign',
      'The snapshot’s organization is another tenant than its tenantId: the file was put together from two tenants.',
    );
  }
}

/**
 * Writes every reference to an object the way the object itself is written in `users` or `groups`. Ids are GUIDs,
 * which are the same in upper and lower case; one written otherwise in `declared` would leave a break-glass account
 * unrecognised. What refers to nothing in the file stays as it is.
 */
function withOneSpelling(snapshot: Snapshot): Snapshot {
  const spelling = spellingOf(snapshot);
  const ofRow = <T extends { id: string }>(row: T): T => ({ ...row, id: spelling(row.id) });
  const { declared, users, registration, authenticationMethods, groups, perUserMfa, mailboxes } = snapshot;
  return {
    ...snapshot,
    users: users?.map((user) => (user.manager ? { ...user, manager: ofRow(user.manager) } : user)),
    registration: registration?.map(ofRow),
    authenticationMethods: authenticationMethods?.map(ofRow),
    groups: groups?.map((group) => (group.members ? { ...group, members: group.members.map(ofRow) } : group)),
    roleAssignments: snapshot.roleAssignments?.map((one) => ({ ...one, principalId: spelling(one.principalId) })),
    perUserMfa: perUserMfa?.map(ofRow),
    mailboxes: mailboxes?.map(ofRow),
    signIns: snapshot.signIns?.map((one) =>
      typeof one.userId === 'string' ? { ...one, userId: spelling(one.userId) } : one,
    ),
    declared: {
      ...declared,
      breakGlass: declared.breakGlass.map(spelling),
      ...approverOf(declared.approverAccountId, spelling),
      serviceAccounts: declared.serviceAccounts.map(spelling),
    },
  };
}

function approverOf(id: string | null | undefined, spelling: (id: string) => string): { approverAccountId?: string } {
  return id === null || id === undefined ? {} : { approverAccountId: spelling(id) };
}

function spellingOf({ users, groups }: Snapshot): (id: string) => string {
  const known = new Map([...(groups ?? []), ...(users ?? [])].map(({ id }) => [id.toLowerCase(), id]));
  return (id) => known.get(id.toLowerCase()) ?? id;
}

function refused(code: string, userMessage: string, cause?: unknown): AppError {
  return new AppError(code, userMessage, { userMessage, cause });
}
