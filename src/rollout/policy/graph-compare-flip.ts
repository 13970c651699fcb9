import { z } from 'zod';
import { appendJournal } from '../../store/journal.ts';
import { refusedBy } from './enforce.core.ts';
import type { FlipReading } from './enforce-facts.ts';
import { FlipRefusedError, type FlipRun } from './enforce-run.ts';
import { type Comparison, compareWithGraph, sampleOf } from './graph-compare.ts';

/**
 * Compares ENFORCE as it now stands with Graph's own evaluation (S8): every break-glass account, every Global
 * Administrator, whoever acts, and some of those who are reached, who are left out and who are not. Refuses with
 * `graph_disagrees` and the account, which takes the phase out again; where the application may not ask, the journal
 * says so.
 */
export async function compareFlip(run: FlipRun, reading: FlipReading): Promise<Comparison> {
  const { deps, customer, reader, options, row } = run;
  const { plan } = reading.planned;
  const enabled = reading.effect.filter((one) => one.isEnabled && one.reach !== 'unknown');
  const reached = new Map(enabled.map((one) => [one.accountId.toLowerCase(), one.reach === 'in']));
  const always = [...customer.settings.declared.breakGlass, ...(reading.admins ?? []), ...actingIn(run)];
  const byReach = (['in', 'leftOut', 'out'] as const).map((reach) =>
    enabled.filter((one) => one.reach === reach).map(({ accountId }) => accountId),
  );
  const questions = sampleOf(always, byReach).flatMap((userId) => {
    const applies = reached.get(userId);
    return applies === undefined ? [] : [{ userId, wanted: new Map([[plan.policyId, applies]]) }];
  });
  const compared = await compareWithGraph({ reader, clock: deps.clock, options }, questions);
  const at = new Date(deps.clock.now());
  const facts = { flip: row.seq, phase: row.phase.name, ...compared };
  await deps.database.withCustomer(customer.id, (tx) =>
    appendJournal(tx, { at, actor: row.actor, event: 'phase.enforce.compared', facts }),
  );
  if (compared.differing === null) return compared;
  throw new FlipRefusedError(refusedBy('graph_disagrees', 'S8', disagreement(compared.differing)));
}

const person = z.looseObject({ kind: z.literal('person'), tenantId: z.string(), objectId: z.string() });

/** Whoever asked for the change, where he has an account in this tenant. */
function actingIn({ row, customer }: FlipRun): string[] {
  const actor = person.safeParse(row.actor);
  return actor.success && actor.data.tenantId === customer.id ? [actor.data.objectId] : [];
}

function disagreement(userId: string) {
  return {
    en: `Graph's own evaluation of ${userId} is not what was approved, so the phase was taken out again. Look at this account in the What If tool of the admin center.`,
    de: `Graphs eigene Auswertung von ${userId} ist nicht das, was freigegeben wurde; die Phase wurde daher wieder herausgenommen. Sehen Sie sich dieses Konto im Was-wäre-wenn-Werkzeug des Admin Centers an.`,
  };
}
