import { SCHEDULES } from '../compose.ts';
import { systemClock } from '../lib/clock.ts';
import { GLOBAL_ADMINISTRATOR } from '../rollout/policy/evaluator/role-templates.core.ts';
import { enrolUser } from '../sandbox/people.ts';
import { enqueue } from '../store/outbox.ts';
import type { Stage } from './rehearsal-stage.ts';

/* What a running server does by its schedule, in an order that is always the same. */

export const REHEARSAL = { kind: 'system', name: 'rehearsal' };

/** What judges and moves a rollout; it is asked at the very instant of a look. */
const LOOKED: readonly string[] = ['rollout.tick', 'outreach.due'];
/** What is out of date within hours. */
const FRESH: readonly string[] = ['sign-ins.read'];
/** Reading begins so much earlier than the look: vendors' limits make it last. */
const PREPARED_MS = 15 * 60_000;

/**
 * Reads what a look rests on, shortly before it: the sign-ins each time, everything else that recurs at the first look of
 * a day. One kind after the other, since a queue gives equals in any order.
 */
export async function prepareLook(stage: Stage, instantMs: number, isFirst: boolean): Promise<void> {
  stage.moveTo(instantMs - PREPARED_MS);
  await stage.work();
  const daily = SCHEDULES.map(({ kind }) => kind).filter((kind) => !LOOKED.includes(kind) && !FRESH.includes(kind));
  for (const kind of isFirst ? daily : []) await run(stage, kind);
  await readSignIns(stage);
}

/** Looks at the rollout at this instant, and sends what is due. */
export async function lookInto(stage: Stage, instantMs: number): Promise<void> {
  stage.moveTo(instantMs);
  for (const kind of LOOKED) await run(stage, kind);
}

/** Reads the logs of sign-ins to the present. */
async function readSignIns(stage: Stage): Promise<void> {
  for (const kind of FRESH) await run(stage, kind);
}

async function run(stage: Stage, kind: string): Promise<void> {
  const { app, customer } = stage;
  const at = app.clock.now();
  const effect = { kind, key: `rehearsal:${kind}@${at}`, payload: {}, dueAt: new Date(at) };
  await app.database.withCustomer(customer.id, (tx) => enqueue(tx, effect));
  await stage.work();
}

/** Works the queue until a promise that waits for it is settled. */
export async function through<T>(stage: Stage, wanted: Promise<T>): Promise<T> {
  const wait = { isOver: false };
  const settled = wanted.finally(() => {
    wait.isOver = true;
  });
  // Whoever awaits it below hears of a failure; until then it is nobody's.
  settled.catch(() => undefined);
  while (!wait.isOver) {
    const ran = await stage.work();
    if (ran === 0) await systemClock.sleep(IDLE_MS);
  }
  return settled;
}

const IDLE_MS = 5;

/** What an engineer does once a phase was refused because an administrator could not get in any more. */
export async function helpAdministrators({ app, customer, sandbox }: Stage): Promise<number> {
  const rollout = await app.phases.current(customer.id);
  const isRefused = rollout?.phases.some(({ gates }) => gates.some(({ code }) => code === 'admin_locked_out')) === true;
  if (!isRefused) return 0;
  const { roleAssignments, registration } = await app.syncs.stored(customer);
  const capable = new Set((registration ?? []).filter(({ isMfaCapable }) => isMfaCapable === true).map(({ id }) => id));
  const admins = (roleAssignments ?? []).filter(({ roleDefinitionId }) => roleDefinitionId === GLOBAL_ADMINISTRATOR);
  const late = new Set(admins.map(({ principalId }) => principalId).filter((id) => !capable.has(id)));
  for (const userId of late) {
    const who = { tenantId: customer.id, userId };
    enrolUser(sandbox, who, { method: 'microsoftAuthenticator', reportLagMs: 0 });
  }
  return late.size;
}
