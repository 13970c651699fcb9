/** Drills of break-glass accounts, as if each account had signed in a moment after the drill was started. */
import { randomUUID } from 'node:crypto';
import type { App } from '../../src/compose.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { SeenSignIn } from '../../src/rollout/emergency/emergency-types.core.ts';

/** A sign-in as the log would tell it. */
export function signInOf(accountId: string, at: number, change: Partial<SeenSignIn> = {}): SeenSignIn {
  return {
    ...{ id: randomUUID(), accountId, at: new Date(at).toISOString(), interactive: true, succeeded: true },
    ...{ app: 'Azure Portal', ipAddress: '192.0.2.10', country: 'DE', ...change },
  };
}

/** Starts a drill of every declared account and lets the product see the sign-in; no vendor is asked. */
export async function drillBreakGlass(app: Pick<App, 'clock' | 'emergency'>, customer: Customer): Promise<void> {
  for (const accountId of customer.settings.declared.breakGlass) {
    await app.emergency.startDrill(customer, { kind: 'test' }, accountId);
    await app.emergency.record(customer, [signInOf(accountId, app.clock.now())]);
  }
}
