import { z } from 'zod';
import { VendorRefusedError } from '../../lib/errors.ts';
import { parsedAnswer } from '../parsed-answer.ts';
import type { Graph } from './client.ts';
import type { ReadOptions } from './pages.ts';
import { graphCallFacts } from './wire.ts';

/** A sign-in as Graph is asked about it; what is left out is not evaluated. */
export type EvaluatedSignIn = { userId: string; appId: string; clientAppType: string };

/** Which stored policies apply, enabled and report-only ones alike, by id. */
export type GraphVerdict = { applies: ReadonlySet<string> };

const resultSchema = z.looseObject({
  value: z.array(z.looseObject({ id: z.string(), policyApplies: z.boolean() })),
});

/**
 * Graph's own evaluation of one sign-in by the policies that the tenant has; `notPermitted` where the application may
 * not ask. Needs Policy.Read.ConditionalAccess.
 */
export async function evaluateInGraph(
  reader: Graph,
  { userId, appId, clientAppType }: EvaluatedSignIn,
  options: ReadOptions = {},
): Promise<GraphVerdict | 'notPermitted'> {
  const body = {
    signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', userId },
    signInContext: { '@odata.type': '#microsoft.graph.applicationContext', includeApplications: [appId] },
    signInConditions: { clientAppType },
    appliedPoliciesOnly: true,
  };
  try {
    const answer = await reader.request('conditionalAccess.evaluate', { ...options, body, repeatable: true });
    const facts = graphCallFacts('conditionalAccess.evaluate', answer);
    const { value } = parsedAnswer(resultSchema, answer.body, facts);
    return { applies: new Set(value.filter((policy) => policy.policyApplies).map(({ id }) => id)) };
  } catch (error) {
    if (error instanceof VendorRefusedError && error.call.status === 403) return 'notPermitted';
    throw error;
  }
}
