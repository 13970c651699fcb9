import type { App } from '../compose.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { attemptSignIns } from '../sandbox/sign-in-attempts.ts';

const PORTAL = { appId: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c', appName: 'Azure Portal', client: 'Browser' };
/** Longer than the log takes to show a sign-in. */
const SHOWN_MS = 15 * 60_000;

type Stage = { app: App; sandbox: Sandbox; customer: Customer; moveTo(instantMs: number): void };

/**
 * What the customer's people do before anything is pushed, and again when it grows old: a drill of each break-glass
 * account is started, its owner signs in, and the product sees that in the log. Gives how many were drilled.
 */
export async function drillDueAccounts(
  { app, sandbox, customer, moveTo }: Stage,
  through: <T>(wanted: Promise<T>) => Promise<T>,
): Promise<number> {
  const { accounts } = await app.emergency.status(customer);
  const due = accounts.filter(({ state }) => state !== 'drilled');
  if (due.length === 0) return 0;
  for (const { accountId: userId } of due) {
    await app.emergency.startDrill(customer, { kind: 'system', name: 'rehearsal' }, userId);
    const attempt = { ...PORTAL, userId, isRopc: false, isInteractive: true, hasMfa: false, answers: true };
    attemptSignIns(sandbox, customer.id, [attempt]);
  }
  moveTo(app.clock.now() + SHOWN_MS);
  await through(app.emergency.pollNow(customer));
  return due.length;
}
