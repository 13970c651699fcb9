/** A made-up customer under a report-only policy: people sign in, and the product reads the logs. */
import type { App } from '../../src/compose.ts';
import type { StopPoint } from '../../src/lib/stop-point.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { Phase, PhasePerson, Rollout } from '../../src/rollout/phases/phase-types.core.ts';
import type { FindingsListener } from '../../src/rollout/sign-ins/findings.ts';
import { createSignIns, type SignIns } from '../../src/rollout/sign-ins/sign-ins.ts';
import { PLAIN_PROCEDURE } from './procedure.ts';
import type { RunningSandbox } from './product.ts';

export const OBSERVE_ID = '0b5e0000-0000-4000-8000-000000000001';
export const ENFORCE_ID = 'e4f00000-0000-4000-8000-000000000001';
export const PHASE = 'Everybody';

/** A person on the list of a phase; a test names what matters to it. */
export function phasePerson(changes: Partial<PhasePerson> & { accountId: string }): PhasePerson {
  return {
    displayName: 'Ada Example',
    department: 'Sales',
    jobTitle: null,
    managerAccountId: null,
    managerWhy: 'noManager',
    accountStatus: 'enabled',
    enrolment: 'capable',
    enrolmentWhy: '',
    methods: [],
    userPrincipalName: null,
    mail: null,
    hrStatus: 'active',
    returnDate: null,
    phase: PHASE,
    exempt: null,
    ...changes,
  };
}

/** A phase; observing unless told otherwise. */
export function phaseOf(changes: Partial<Phase> = {}): Phase {
  return {
    name: PHASE,
    ordinal: 0,
    everyoneElse: false,
    state: 'observing',
    since: '2026-11-01T00:00:00.000Z',
    resumes: null,
    enforceOn: '2026-12-01',
    announcedAt: null,
    windowFrom: null,
    enforcedAt: null,
    gates: [],
    revision: 1,
    ...changes,
  };
}

/** A rollout with this one phase. */
export function rolloutOf(phase: Phase): Rollout {
  return {
    id: 'rollout',
    startsOn: '2026-11-01',
    deadline: '2026-12-31',
    state: 'running',
    phases: [phase],
    procedure: { ...PLAIN_PROCEDURE, name: 'test' },
  };
}

/** The people of a world that are certain, as a phase's list. */
export function peopleOf(world: RunningSandbox): PhasePerson[] {
  return world.truth.people.map(({ accountId, accountStatus, enrolment, managerAccountId }) =>
    phasePerson({ accountId, accountStatus, enrolment, managerAccountId }),
  );
}

/** What is judged; a test changes its parts as time goes on. */
export type Scene = { phase: Phase; people: PhasePerson[] };

/** Builds the reading over a composed product, with the scene in place of the phases. */
export function signInsOf(
  app: App,
  scene: Scene,
  given: { stopPoint?: StopPoint; onFindings?: FindingsListener[] } = {},
): SignIns {
  return createSignIns({
    database: app.database,
    customers: app.customers,
    clock: app.clock,
    signal: app.signal,
    stopPoint: () => undefined,
    phases: {
      current: () => Promise.resolve(rolloutOf(scene.phase)),
      people: () => Promise.resolve(scene.people),
    },
    push: {
      show: () =>
        Promise.resolve({
          objects: [
            { key: 'OBSERVE', objectId: OBSERVE_ID },
            { key: 'ENFORCE', objectId: ENFORCE_ID },
          ],
        }),
    },
    exceptions: () => Promise.resolve({ exceptions: [] }),
    ...given,
  });
}

/** Runs the recurring job once, as a worker does. */
export async function readOnce(app: App, signIns: SignIns, customer: Customer): Promise<void> {
  const run = signIns.kinds['sign-ins.read']?.prepare({});
  if (run === undefined) throw new Error('the job takes an empty payload');
  const job = { customerId: customer.id, key: 'test', attempt: 1, isLastAttempt: false, signal: app.signal };
  const save = await run(job);
  if (save !== undefined) await app.database.withCustomer(customer.id, save);
}

/** The report-only policy of everybody, all apps. */
export function observePolicy(): Record<string, unknown> & { id: string } {
  return {
    id: OBSERVE_ID,
    displayName: 'Observe',
    state: 'enabledForReportingButNotEnforced',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    sessionControls: null,
  };
}
