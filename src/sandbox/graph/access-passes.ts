import type { Answer } from '../http/exchange.ts';
import type { TenantState } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { notFound } from './errors.ts';
import { groupsOf } from './group-members.ts';
import { showPass, TAP_TYPE } from './user-authentication.ts';
import { findUser } from './users.ts';

/** GET /users/{id}/authentication/temporaryAccessPassMethods: without the secret, a used or expired one included. */
export function listPasses(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const user = findUser(context.tenant, id);
  if (user === undefined) return notFound(id);
  const methods = context.tenant.tenant.authenticationMethods[user.id] ?? [];
  const value = methods
    .filter((method) => method['@odata.type'] === TAP_TYPE)
    .map(({ '@odata.type': _type, ...pass }) => showPass(pass, context.now));
  const fragment = `users('${encodeURIComponent(id)}')/authentication/temporaryAccessPassMethods`;
  return { status: 200, body: { '@odata.context': contextUrl(context, fragment), value } };
}

/** GET /policies/authenticationMethodsPolicy: of the configurations, the one for passes alone. */
export function getMethodsPolicy(context: GraphContext): Answer {
  const rules = context.tenant.options.temporaryAccessPass;
  const all = [{ targetType: 'group', id: 'all_users', isRegistrationRequired: false }];
  const groups = (ids: readonly string[]) => ids.map((id) => ({ targetType: 'group', id }));
  const pass: GraphObject = {
    '@odata.type': '#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration',
    id: 'TemporaryAccessPass',
    state: rules.isEnabled ? 'enabled' : 'disabled',
    defaultLifetimeInMinutes: rules.defaultMinutes,
    defaultLength: 8,
    minimumLifetimeInMinutes: rules.minimumMinutes,
    maximumLifetimeInMinutes: rules.maximumMinutes,
    isUsableOnce: rules.onceOnly,
    excludeTargets: groups(rules.notForGroups ?? []),
    includeTargets:
      rules.forGroups === undefined
        ? all
        : groups(rules.forGroups).map((one) => ({ ...one, isRegistrationRequired: false })),
  };
  return {
    status: 200,
    body: {
      '@odata.context': contextUrl(context, 'authenticationMethodsPolicy'),
      id: 'authenticationMethodsPolicy',
      displayName: 'Authentication Methods Policy',
      description:
        'The tenant-wide policy that controls which authentication methods are allowed in the tenant, authentication method registration requirements, and self-service password reset settings',
      lastModifiedDateTime: '2022-01-26T10:47:26.6044384Z',
      policyVersion: '1.4',
      registrationEnforcement: {
        authenticationMethodsRegistrationCampaign: {
          snoozeDurationInDays: 1,
          state: 'default',
          excludeTargets: [],
          includeTargets: [
            { id: 'all_users', targetType: 'group', targetedAuthenticationMethod: 'microsoftAuthenticator' },
          ],
        },
      },
      authenticationMethodConfigurations: [pass],
    },
  };
}

/** Whether the tenant's rules for passes reach somebody, groups within groups included. */
export function reachesPerson(tenant: TenantState, userId: string): boolean {
  const { forGroups, notForGroups = [] } = tenant.options.temporaryAccessPass;
  const own = new Set(groupsOf(tenant, userId, true));
  return (forGroups?.some((id) => own.has(id)) ?? true) && !notForGroups.some((id) => own.has(id));
}
