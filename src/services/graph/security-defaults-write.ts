import type { Clock } from '../../lib/clock.ts';
import { type VendorCall, VendorRefusedError, VendorUnreachableError } from '../../lib/errors.ts';
import type { Graph } from './client.ts';
import { untilShown } from './eventually.ts';
import type { ReadOptions } from './pages.ts';
import { getSecurityDefaults } from './security-defaults.ts';
import type { GraphSecurityDefaults } from './wire.ts';

/** Reads go through the reading application, writes through the writing one. */
export type SecurityDefaultsWriting = { reader: Graph; writer: Graph; clock: Clock };

/**
 * What came of switching. `already`: it stood so, nothing was written. `switched`: written and read back; `askedAt` and
 * `shownAt` enclose the moment, in ms of the clock. `refused`: Graph took nothing, as it may while policies are enabled.
 * `notShown`: Graph took it and does not show it, so that somebody may have switched it back at once.
 */
export type SecurityDefaultsOutcome =
  | { outcome: 'already'; before: GraphSecurityDefaults }
  | { outcome: 'switched'; before: GraphSecurityDefaults; askedAt: number; shownAt: number }
  | { outcome: 'refused'; before: GraphSecurityDefaults; call: VendorCall }
  | { outcome: 'notShown'; before: GraphSecurityDefaults; askedAt: number };

/**
 * Switches Security Defaults on or off and reads back what came of it. A lost answer is not asked again: the reading
 * tells, and the loss is thrown where it shows the old state. Turning it off leaves the tenant without its protection:
 * that is the business of a transaction around this. Needs Policy.Read.All, and Policy.ReadWrite.SecurityDefaults with
 * Policy.Read.All of the writing application.
 */
export async function switchSecurityDefaults(
  deps: SecurityDefaultsWriting,
  isEnabled: boolean,
  options: ReadOptions = {},
): Promise<SecurityDefaultsOutcome> {
  const { reader, writer, clock } = deps;
  const before = await getSecurityDefaults(reader, options);
  if (before.isEnabled === isEnabled) return { outcome: 'already', before };
  const askedAt = clock.now();
  const failure = await failureOf(() =>
    writer.request('securityDefaults.update', { ...options, body: { isEnabled }, expect: 'none', repeatable: false }),
  );
  if (failure instanceof VendorRefusedError) {
    if (failure.call.status === 400) return { outcome: 'refused', before, call: failure.call };
    throw failure;
  }
  const shown = await untilShown(
    clock,
    async () => ((await getSecurityDefaults(reader, options)).isEnabled === isEnabled ? true : null),
    options.signal,
  );
  if (shown !== null) return { outcome: 'switched', before, askedAt, shownAt: clock.now() };
  if (failure !== null) throw failure;
  return { outcome: 'notShown', before, askedAt };
}

async function failureOf(write: () => Promise<unknown>): Promise<VendorRefusedError | VendorUnreachableError | null> {
  try {
    await write();
    return null;
  } catch (error) {
    if (error instanceof VendorRefusedError || error instanceof VendorUnreachableError) return error;
    throw error;
  }
}
