import type { Clock } from '../../lib/clock.ts';
import type { IssuedPass, PassRequest } from '../access-pass/access-pass-types.core.ts';
import type { Customer } from '../customers/customers.ts';
import type { PhasePerson, Rollout } from '../phases/phase-types.core.ts';
import { livePasses, type StuckPerson, stuckOf } from './stuck.core.ts';

export type StuckDeps = {
  clock: Pick<Clock, 'now'>;
  phases: {
    current(customerId: string): Promise<Rollout | null>;
    people(customer: Customer): Promise<readonly PhasePerson[]>;
  };
  failingOf(customer: Customer): Promise<ReadonlySet<string>>;
  findings(customerId: string): Promise<readonly { accountId: string; appName: string; status: string }[]>;
  holdouts(customer: Customer): Promise<readonly { accountId: string; standing: string }[]>;
  passes: {
    list(customerId: string): Promise<readonly IssuedPass[]>;
    requests(customer: Customer): Promise<ReadonlyMap<string, readonly PassRequest[]>>;
  };
};

export type Stuck = {
  /** Who is stuck in the running rollout and why, the most urgent first; nobody without one. Calls no vendor. */
  list(customer: Customer): Promise<StuckPerson[]>;
};

/** A client that was waived or went away keeps nobody back. */
const IN_USE: ReadonlySet<string> = new Set(['open', 'inWork']);

/** Creates the view of who is stuck. */
export function createStuck(deps: StuckDeps): Stuck {
  return { list: (customer) => listStuck(deps, customer) };
}

async function listStuck(deps: StuckDeps, customer: Customer): Promise<StuckPerson[]> {
  const rollout = await deps.phases.current(customer.id);
  if (rollout?.state !== 'running') return [];
  const findings = (await deps.findings(customer.id)).filter(({ status }) => IN_USE.has(status));
  const clients = Map.groupBy(findings, ({ accountId }) => accountId);
  const holdouts = await deps.holdouts(customer);
  return stuckOf({
    phases: rollout.phases,
    people: await deps.phases.people(customer),
    failing: await deps.failingOf(customer),
    oldClients: new Map([...clients].map(([id, own]) => [id, [...new Set(own.map(({ appName }) => appName))]])),
    requested: new Set((await deps.passes.requests(customer)).keys()),
    passes: livePasses(await deps.passes.list(customer.id), deps.clock.now()),
    enrolled: new Set(holdouts.flatMap(({ accountId, standing }) => (standing === 'enrolled' ? [accountId] : []))),
  });
}
