/** The routes of the push: the plan of an approved draft, how the newest push stands, and the presses of an engineer. */
import { type PolicyPushAnswer, type PushOutcome, pushRequestSchema, pushUndoRequestSchema } from '../contract.ts';
import { AppError } from '../lib/errors.ts';
import type { Actor } from '../rollout/access/access.core.ts';
import { journalActor, may } from '../rollout/access/access.core.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import { inGerman } from '../rollout/helpdesk/german-words.core.ts';
import type { PolicyPush, Push, PushPreview, ToldStep } from '../rollout/policy/push/push.ts';
import { type CustomerHandler, json, parsed, requireRight, UNSTORED } from './asking.ts';
import { conditional, etagOf } from './etag.ts';
import type { Route, RouteAnswer, RouteRequest } from './route.ts';

export type PushRouteDeps = { push: Pick<PolicyPush, 'plan' | 'begin' | 'beginUndo' | 'show'> };

type At = (method: Route['method'], path: string, handle: CustomerHandler) => Route;

/**
 * The routes, put below a customer by `at`. Each refuses with `no_role`; a press also with the code of the rule that
 * forbids it, and with `phases_enforced`
 * while a phase stands on the enforcing policy.
 */
export function pushRoutes(deps: PushRouteDeps, at: At): Route[] {
  return [
    at('GET', '/policy-push', async ({ request, actor, customer }) => {
      requireRight(actor, 'seePolicyDraft');
      const body = json(await shown(deps, customer, actor));
      return conditional(request, etagOf([customer.id, body]), () => body);
    }),
    at('POST', '/policy-push', async ({ request, actor, customer }) => {
      requireRight(actor, 'pushPolicy');
      const { digest } = parsed(pushRequestSchema, request.body);
      return pressed(request, async () => {
        await requireAllowed(deps, { customer, actor, digest });
        return deps.push.begin(customer, journalActor(actor), digest);
      });
    }),
    at('POST', '/policy-push/undo', async ({ request, actor, customer }) => {
      requireRight(actor, 'pushPolicy');
      parsed(pushUndoRequestSchema, request.body ?? {});
      return pressed(request, () => deps.push.beginUndo(customer, journalActor(actor)));
    }),
  ];
}

const CONFLICT = 409;

/** Where the press led; a refusal that has a sentence for people is no fault of ours, whatever rule it comes from. */
async function pressed({ reference }: RouteRequest, act: () => Promise<Push>): Promise<RouteAnswer> {
  try {
    const { state } = await act();
    return { status: 200, headers: UNSTORED, body: json({ state } satisfies PushOutcome) };
  } catch (error) {
    if (!(error instanceof AppError) || error.userMessage === undefined) throw error;
    const { code, userMessage: message } = error;
    return { status: CONFLICT, headers: UNSTORED, body: json({ error: { code, message, reference } }) };
  }
}

const UNDER_WAY: ReadonlySet<Push['state']> = new Set(['asked', 'running', 'undoing']);

async function shown({ push }: PushRouteDeps, customer: Customer, actor: Actor): Promise<PolicyPushAnswer> {
  const last = await push.show(customer);
  const preview = await push.plan(customer, journalActor(actor));
  return answerOf({ last, preview, mayPush: may(actor, 'pushPolicy') });
}

type Facts = { last: Push | null; preview: PushPreview; mayPush: boolean };

function answerOf({ last, preview, mayPush }: Facts): PolicyPushAnswer {
  // What is stored was read before the push: until the next sync a plan over it would write everything once more.
  const isThere = last?.state === 'live' && last.digest === preview.digest;
  const isOfLast = last !== null && (isThere || UNDER_WAY.has(last.state) || last.state === 'standing');
  const failure = last?.failure ?? null;
  return {
    ...{ state: last?.state ?? null, askedAt: last?.askedAt ?? null, mayPush, digest: preview.digest },
    failure: failure === null ? null : { code: failure.code, message: failure.message },
    steps: (isOfLast ? last.steps : preview.steps).map(stepOf),
    isPlan: !isOfLast,
    refusal: isOfLast ? null : preview.refusal,
    after: (last?.state === 'live' ? last.findings : []).map(({ code, message }) => ({ code, message })),
  };
}

function stepOf({ step, does, undo, state, why }: ToldStep): PolicyPushAnswer['steps'][number] {
  return { step, does: inBoth(does), undo: inBoth(undo), state, why };
}

function inBoth(en: string): { en: string; de: string } {
  return { en, de: inGerman(en) };
}

/** By what is stored, before a job is put into the queue: whoever presses is told at once. The job asks again. */
async function requireAllowed(
  { push }: PushRouteDeps,
  { customer, actor, digest }: { customer: Customer; actor: Actor; digest: string },
): Promise<void> {
  const last = await push.show(customer);
  // A second press joins the first, whatever the rules say meanwhile.
  if (last !== null && last.digest === digest && UNDER_WAY.has(last.state)) return;
  const { refusal, digest: present } = await push.plan(customer, journalActor(actor));
  if (present !== digest)
    throw refusedWith('draft_changed', 'The draft has changed since it was shown. Look at it again.');
  if (refusal !== null) throw refusedWith(refusal.code, refusal.message);
}

function refusedWith(code: string, userMessage: string): AppError {
  return new AppError(code, userMessage, { userMessage });
}
