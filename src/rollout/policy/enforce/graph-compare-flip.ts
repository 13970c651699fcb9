import { z } from 'zod';
import type { Json } from '../../../lib/canonical-json.ts';
import { dayOf } from '../../../lib/local-time.ts';
import { appendJournal } from '../../../store/journal.ts';
import { type Comparison, compareWithGraph, sampleOf } from '../graph-compare.ts';
import { readLive, readStored } from '../push/push-facts.ts';
import { type FlipPlan, refusedBy } from './enforce.core.ts';
import { adminsOf, effectOver, type FlipReading } from './enforce-facts.ts';
import { FlipRefusedError, type FlipRun } from './enforce-run.ts';

/** What ENFORCE is to do to everybody, by our own evaluation. */
type Expected = Pick<FlipReading, 'effect' | 'admins'> & { policyId: string };

/**
 * Compares ENFORCE as it now stands with Graph's own evaluation (S8): every break-glass account, every Global
 * Administrator, whoever acts, and some of those who are reached, who are left out and who are not. Refuses with
 * `graph_disagrees` and the account, which takes the phase out again; where the application may not ask, the journal
 * says so.
 */
export function compareFlip(run: FlipRun, { planned, effect, admins }: FlipReading): Promise<Comparison> {
  const { seq: flip, phase } = run.row;
  const expected = { policyId: planned.plan.policyId, effect, admins };
  return compareExpected({ ...run, actor: run.row.actor }, expected, { flip, phase: phase.name });
}

/**
 * The same after Security Defaults gave way: the tenant is read once more, since an earlier attempt may have judged it.
 * Refuses with `graph_disagrees`, which brings Security Defaults back.
 */
export async function compareSwitch(run: FlipRun, plan: Pick<FlipPlan, 'policyId' | 'json'>): Promise<Comparison> {
  const { deps, customer, reader, options, row } = run;
  const known = await readStored(deps, customer, row.actor);
  const today = dayOf(new Date(deps.clock.now()), customer.settings.timeZone);
  const { snapshot } = await readLive(reader, { known, today, options });
  const expected = { policyId: plan.policyId, effect: effectOver(snapshot, plan), admins: adminsOf(snapshot) };
  return compareExpected({ ...run, actor: row.actor }, expected, {
    flip: row.seq,
    phase: row.phase.name,
    switch: true,
  });
}

type Comparing = Pick<FlipRun, 'customer' | 'reader' | 'options'> & {
  deps: Pick<FlipRun['deps'], 'database' | 'clock'>;
  actor: Json;
};

/** The same for whoever enabled ENFORCE; `of` says in the journal what it belongs to. Refuses with `graph_disagrees`. */
export async function compareExpected(
  run: Comparing,
  expected: Expected,
  of: { [name: string]: Json },
): Promise<Comparison> {
  const { deps, customer, reader, options, actor } = run;
  const enabled = expected.effect.filter((one) => one.isEnabled && one.reach !== 'unknown');
  const reached = new Map(enabled.map((one) => [one.accountId.toLowerCase(), one.reach === 'in']));
  const always = [...customer.settings.declared.breakGlass, ...(expected.admins ?? []), ...actingIn(run)];
  const byReach = (['in', 'leftOut', 'out'] as const).map((reach) =>
    enabled.filter((one) => one.reach === reach).map(({ accountId }) => accountId),
  );
  // Whatever was read, a break-glass account is never reached (S1).
  for (const id of customer.settings.declared.breakGlass) reached.set(id.toLowerCase(), false);
  const questions = sampleOf(always, byReach).flatMap((userId) => {
    const applies = reached.get(userId);
    return applies === undefined ? [] : [{ userId, wanted: new Map([[expected.policyId, applies]]) }];
  });
  const compared = await compareWithGraph({ reader, clock: deps.clock, options }, questions);
  const at = new Date(deps.clock.now());
  await deps.database.withCustomer(customer.id, (tx) =>
    appendJournal(tx, { at, actor, event: 'phase.enforce.compared', facts: { ...of, ...compared } }),
  );
  if (compared.differing === null) return compared;
  throw new FlipRefusedError(refusedBy('graph_disagrees', 'S8', disagreement(compared.differing)));
}

const person = z.looseObject({ kind: z.literal('person'), tenantId: z.string(), objectId: z.string() });

/** Whoever asked for the change, where he has an account in this tenant. */
function actingIn({ actor, customer }: Pick<Comparing, 'actor' | 'customer'>): string[] {
  const acting = person.safeParse(actor);
  return acting.success && acting.data.tenantId === customer.id ? [acting.data.objectId] : [];
}

function disagreement(userId: string) {
  return {
    en: `Graph's own evaluation of ${userId} is not what was approved, so everything was taken back. Look at this account in the What If tool of the admin center.`,
    de: `Graphs eigene Auswertung von ${userId} ist nicht das, was freigegeben wurde; deshalb wurde alles zurückgenommen. Sehen Sie sich dieses Konto im Was-wäre-wenn-Werkzeug des Admin Centers an.`,
  };
}
