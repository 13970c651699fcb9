import { z } from 'zod';
import type { App } from '../compose.ts';
import type { DecisionOutcome } from '../rollout/approvals/approvals.core.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import { actingAs, directoryId } from './acting.ts';
import { actorAtCommandLine, type OperationTable, oneCustomer, operation } from './operation.ts';
import type { Answer } from './output.ts';
import { decidedText, draftAnswer } from './render-draft.ts';
import { previewAnswer, pushAnswer, pushText } from './render-push.ts';
import { REPLAY_OPERATIONS } from './replay-operations.ts';

const decision = oneCustomer.extend({
  digest: z.string().min(1),
  /** Object id or sign-in name. */
  as: z.string().trim().min(1),
  tenant: directoryId.optional(),
  verdict: z.enum(['approved', 'held']),
  seen: z.string().optional(),
});

const pushing = oneCustomer
  .extend({ digest: z.string().min(1).optional(), plan: z.boolean().optional() })
  .refine(({ digest, plan }) => plan === true || digest !== undefined, 'a digest, or --plan');

const undoing = oneCustomer.extend({ push: z.guid().optional() });

/** The commands about the managed policies. */
export const POLICY_OPERATIONS: OperationTable = {
  ...REPLAY_OPERATIONS,
  'policy draft': operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    return draftAnswer(await app.drafts.draw(customer, actorAtCommandLine()), await namesOf(app, customer));
  }),
  'policy show': operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const drawn = await app.drafts.draw(customer, actorAtCommandLine());
    const { json, text } = draftAnswer(drawn, await namesOf(app, customer));
    const state = await app.drafts.state(customer, drawn.draft);
    const push = await app.push.show(customer);
    const pushed = push === null ? 'Nothing was pushed yet.' : pushText(push);
    return { json: { ...(json as object), state, push }, text: `${decidedText(state)}\n${pushed}\n\n${text}` };
  }),
  'policy decide': operation(decision, async ({ app }, { customer: named, as, tenant, digest, verdict, seen }) => {
    const customer = await app.customers.find(named);
    const actor = await actingAs(app, customer, { as, tenant });
    return outcomeAnswer(await app.drafts.decide(customer, actor, { digest, verdict, seen }));
  }),
  'policy push': operation(pushing, async ({ app, onProgress }, { customer: named, digest, plan }) => {
    const customer = await app.customers.find(named);
    if (plan === true) return previewAnswer(await app.push.plan(customer, actorAtCommandLine()));
    onProgress('reading the tenant, then writing step by step; policies are written once a second at most');
    return pushAnswer(await app.push.push(customer, actorAtCommandLine(), digest ?? ''));
  }),
  'policy undo': operation(undoing, async ({ app, onProgress }, { customer: named, push }) => {
    const customer = await app.customers.find(named);
    onProgress('taking back, the last write first');
    return pushAnswer(await app.push.undo(customer, actorAtCommandLine(), push));
  }),
};

async function namesOf(app: App, customer: Customer): Promise<ReadonlyMap<string, string>> {
  const { users } = await app.syncs.stored(customer);
  return new Map((users ?? []).map((user) => [user.id, user.displayName ?? user.id]));
}

function outcomeAnswer(outcome: DecisionOutcome): Answer {
  switch (outcome.outcome) {
    case 'recorded':
      return { json: outcome, text: decidedText({ state: outcome.decision.verdict, decision: outcome.decision }) };
    case 'already':
      return {
        json: outcome,
        text: `Nothing changed. ${decidedText({ state: outcome.decision.verdict, decision: outcome.decision })}`,
      };
    case 'stale':
      return refusedAnswer(outcome, 'draft_changed');
    case 'refused':
      return refusedAnswer(outcome, outcome.code);
  }
}

function refusedAnswer(outcome: { message: string }, code: string): Answer {
  return { json: outcome, text: '', refusal: { code, message: outcome.message } };
}
