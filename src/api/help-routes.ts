/** The routes of the helpdesk's page: who is stuck, Temporary Access Passes, and the end of sessions. */
import {
  type HelpAnswer,
  helpPersonRequestSchema,
  type PassOutcome,
  passRequestSchema,
  type SessionsOutcome,
} from '../contract.ts';
import { may } from '../rollout/access/access.core.ts';
import type { AccessPasses } from '../rollout/access-pass/access-pass.ts';
import type { Stuck } from '../rollout/helpdesk/stuck.ts';
import type { Sessions } from '../rollout/sessions/sessions.ts';
import { type CustomerHandler, type CustomerRequest, json, parsed, requireRight, UNSTORED } from './asking.ts';
import type { Route, RouteAnswer } from './route.ts';

export type HelpRouteDeps = {
  accessPasses: Pick<AccessPasses, 'issue' | 'withdraw' | 'requests'>;
  sessions: Pick<Sessions, 'endFor'>;
  stuck: Stuck;
};

/**
 * The routes, put below a customer by `at`. The answer that holds a pass is sent with `no-store` and is the only one that
 * ever does. Each refuses with `no_role` whoever may not.
 */
export function helpRoutes(
  deps: HelpRouteDeps,
  at: (method: Route['method'], path: string, handle: CustomerHandler) => Route,
): Route[] {
  return [
    at('GET', '/helpdesk', async (asked) => fresh(await shown(deps, asked))),
    at('POST', '/helpdesk/pass', async ({ request, actor, customer }) => {
      requireRight(actor, 'issuePass');
      const { accountId, proof, note, minutes, override } = parsed(passRequestSchema, request.body);
      const ask = { accountId, proof: { kind: proof, note: note ?? null }, minutes: minutes ?? null };
      const outcome = await deps.accessPasses.issue(customer, actor, { ...ask, override: override ?? null });
      if (outcome.outcome === 'refused') return fresh({ outcome: 'refused', message: outcome.message });
      const { secret, expiresAt } = outcome;
      return fresh({ outcome: 'issued', secret, expiresAt } satisfies PassOutcome);
    }),
    at('POST', '/helpdesk/pass/withdraw', async ({ request, actor, customer }) => {
      requireRight(actor, 'issuePass');
      const { accountId } = parsed(helpPersonRequestSchema, request.body);
      const outcome = await deps.accessPasses.withdraw(customer, actor, accountId);
      const message = outcome.outcome === 'refused' ? outcome.message : null;
      return fresh({ outcome: outcome.outcome === 'refused' ? 'refused' : 'done', message } satisfies SessionsOutcome);
    }),
    at('POST', '/helpdesk/sessions', async ({ request, actor, customer }) => {
      requireRight(actor, 'issuePass');
      const { accountId } = parsed(helpPersonRequestSchema, request.body);
      const outcome = await deps.sessions.endFor(customer, actor, accountId);
      const message = outcome.outcome === 'refused' ? outcome.message : null;
      return fresh({ outcome: outcome.outcome === 'refused' ? 'refused' : 'done', message } satisfies SessionsOutcome);
    }),
  ];
}

async function shown({ stuck }: HelpRouteDeps, { customer, actor }: CustomerRequest): Promise<HelpAnswer> {
  requireRight(actor, 'seePeople');
  const people = await stuck.list(customer);
  return {
    isPassEnabled: customer.settings.helpdesk.accessPass,
    mayIssue: may(actor, 'issuePass'),
    isEngineer: actor.roles.includes('engineer'),
    people: people.map(({ accountId, displayName: name, phase, enforceOn, why, passUntil }) => ({
      ...{ accountId, name, phase, enforceOn, passUntil },
      reasons: why.map(({ text, next }) => ({ text, next })),
    })),
  };
}

function fresh(answer: unknown): RouteAnswer {
  return { status: 200, headers: UNSTORED, body: json(answer) };
}
