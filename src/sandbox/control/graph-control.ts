/** The control interface's places for what the simulated Graph keeps, for other administrators, and for the watch. */
import { z } from 'zod';
import type { Answer, Call } from '../http/exchange.ts';
import { reportLife } from '../life/life-report.ts';
import * as admins from '../other-admins.ts';
import { usePass, usePassSchema } from '../pass-use.ts';
import type { TenantState } from '../state/state.ts';
import type { TeamsApp } from '../world/world.ts';
import { type ControlDeps, type ControlRoute, ok, readBody, route, withBody, withoutUndefined } from './routes.ts';

const graphObject = z.record(z.string(), z.unknown());

/** Who did it: a person's id, which the audit log then names. */
const by = z.string();

const securityDefaultsSchema = z.strictObject({ isEnabled: z.boolean(), by });

/** Another administrator's hand on a policy: new or whole, some of its properties, or gone. */
const policySchema = z.union([
  z.strictObject({ put: graphObject, by }),
  z.strictObject({ set: graphObject, by }),
  z.strictObject({ delete: z.literal(true), by }),
]);

const membersSchema = z.strictObject({
  add: z.array(z.string()).default([]),
  remove: z.array(z.string()).default([]),
  by,
});

const groupSchema = z.union([
  z.strictObject({ set: graphObject, by }),
  z.strictObject({ delete: z.literal(true), by }),
]);

const teamsAppSchema = z.strictObject({
  externalId: z.string().nullable(),
  displayName: z.string(),
  distributionMethod: z.enum(['store', 'organization', 'sideloaded']).default('organization'),
  version: z.string().default('1.0.0'),
  azureAdAppId: z.string().nullable().default(null),
});

/** An app registration and the permissions that the tenant consented to; they show in the next token. */
const appSchema = z.strictObject({
  clientSecret: z.string().min(1),
  displayName: z.string().default('By control'),
  roles: z.array(z.string()),
  requested: z.array(z.string()).optional(),
  redirectUris: z.array(z.string()).optional(),
});

/** What becomes of a subscription to change notifications. */
const lifecycleSchema = z.strictObject({ event: z.enum(['missed', 'subscriptionRemoved', 'reauthorizationRequired']) });

const teamSchema = z.strictObject({ displayName: z.string() });

const TENANT = '/_sandbox/tenants/{tenant}';

export const GRAPH_CONTROL_ROUTES: readonly ControlRoute[] = [
  route('GET', `${TENANT}/watch`, (deps, call, values) => {
    const since = call.query.get('since');
    if (since !== null && !/^\d{1,15}$/.test(since))
      return { status: 400, body: { error: 'since is a place: a number' } };
    return ok(deps.watch.look(values.tenant ?? '', since === null ? undefined : Number(since)));
  }),
  route('POST', `${TENANT}/watch/baseline`, (deps, _call, values) => {
    const tenantId = tenantOf(deps, values).tenant.tenantId;
    deps.world.record({ tenantId, type: 'watch.baseline' });
    return ok({ since: deps.world.state.seq });
  }),
  route('GET', `${TENANT}/watch/verdicts`, (deps, _call, values) =>
    ok({ verdicts: deps.watch.verdicts(tenantOf(deps, values).tenant.tenantId) }),
  ),
  route('GET', `${TENANT}/life`, (deps, _call, values) => ok(reportLife(deps.world, tenantOf(deps, values)))),
  route('GET', `${TENANT}/mail`, listMail),
  route('POST', `${TENANT}/securityDefaults`, (deps, call, values) =>
    withBody(call, securityDefaultsSchema, (change) =>
      admins.switchSecurityDefaults(deps.world, where(values), change),
    ),
  ),
  route('POST', `${TENANT}/people/{person}/accessPass/use`, (deps, call, values) =>
    withBody(call, usePassSchema, (use) =>
      usePass(deps.world, { ...where(values), userId: values.person ?? '' }, withoutUndefined(use)),
    ),
  ),
  route('POST', `${TENANT}/policies/{policy}`, changePolicy),
  route('POST', `${TENANT}/groups/{group}/changes`, changeGroup),
  route('POST', `${TENANT}/groups/{group}/membership`, (deps, call, values) =>
    withBody(call, membersSchema, (change) =>
      admins.changeMembersAs(deps.world, { ...where(values), groupId: values.group ?? '' }, change),
    ),
  ),
  route('POST', `${TENANT}/apps/{app}`, (deps, call, values) =>
    withBody(call, appSchema, (app) =>
      deps.world.record({
        ...where(values),
        type: 'app.put',
        app: { ...withoutUndefined(app), clientId: values.app ?? '' },
      }),
    ),
  ),
  route('POST', `${TENANT}/teams/{team}`, (deps, call, values) =>
    withBody(call, teamSchema, ({ displayName }) =>
      admins.putTeam(deps.world, where(values), { id: values.team ?? '', displayName }),
    ),
  ),
  route('POST', `${TENANT}/subscriptions/{subscription}`, (deps, call, values) =>
    withBody(call, lifecycleSchema, ({ event: told }) => {
      const known = tenantOf(deps, values).kept.subscriptions.get(values.subscription ?? '');
      if (known === undefined) throw new Error(`there is no subscription ${values.subscription ?? ''}`);
      const item = { ...known, told };
      deps.world.record({ ...where(values), type: 'kept.put', collection: 'subscriptions', item });
    }),
  ),
  route('POST', `${TENANT}/teamsApps/{app}`, (deps, call, values) =>
    withBody(call, teamsAppSchema, (app) => {
      const item: TeamsApp = { ...withoutUndefined(app), id: values.app ?? '' };
      deps.world.record({ ...where(values), type: 'kept.put', collection: 'teamsApps', item });
    }),
  ),
];

function where(values: Record<string, string>): { tenantId: string } {
  return { tenantId: values.tenant ?? '' };
}

function tenantOf(deps: ControlDeps, values: Record<string, string>): TenantState {
  const tenant = deps.world.state.tenants.get(values.tenant ?? '');
  if (tenant === undefined) throw new Error(`there is no tenant ${values.tenant ?? ''}`);
  return tenant;
}

function changePolicy(deps: ControlDeps, call: Call, values: Record<string, string>): Answer {
  const which = { ...where(values), policyId: values.policy ?? '' };
  const change = readBody(call, policySchema);
  if ('put' in change) admins.putPolicy(deps.world, which, { policy: change.put, by: change.by });
  else if ('set' in change) admins.editPolicy(deps.world, which, change);
  else admins.removePolicy(deps.world, which, change.by);
  return { status: 204 };
}

function changeGroup(deps: ControlDeps, call: Call, values: Record<string, string>): Answer {
  const which = { ...where(values), groupId: values.group ?? '' };
  const change = readBody(call, groupSchema);
  if ('set' in change) admins.editGroup(deps.world, which, change);
  else admins.removeGroup(deps.world, which, change.by);
  return { status: 204 };
}

/**
 * The ledger of mail: every accepted send, oldest first, and how often each address was in one. `to` and `mailbox`
 * narrow it.
 */
function listMail(deps: ControlDeps, { query }: Call, values: Record<string, string>): Answer {
  const to = query.get('to')?.toLowerCase();
  const sent = [...tenantOf(deps, values).kept.sentMails.values()].filter(
    (mail) =>
      (query.get('mailbox') ?? mail.mailboxId) === mail.mailboxId &&
      (to === undefined || [...mail.to, ...mail.cc, ...mail.bcc].some((address) => address.toLowerCase() === to)),
  );
  const counts: Record<string, number> = {};
  for (const mail of sent) {
    for (const address of new Set([...mail.to, ...mail.cc, ...mail.bcc].map((one) => one.toLowerCase()))) {
      counts[address] = (counts[address] ?? 0) + 1;
    }
  }
  return ok({ sent, counts });
}
