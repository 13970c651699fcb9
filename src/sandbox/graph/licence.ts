import { isObject, type TenantState } from '../state/state.ts';

/** Service plans that carry Entra ID P1 and P2 (contracts: licence detection by service plan id). */
const P1_PLAN = '41781fb2-bc02-4b7c-bd55-b576c07bb09d';
const P2_PLAN = 'eec0eb4f-6444-4f95-aba0-50c24d67f998';

/** Whether an enabled subscription of the tenant carries Entra ID P1; P2 carries it too. */
export function hasP1(tenant: TenantState): boolean {
  return hasPlan(tenant, P1_PLAN) || hasP2(tenant);
}

/** Whether an enabled subscription of the tenant carries Entra ID P2. */
export function hasP2(tenant: TenantState): boolean {
  return hasPlan(tenant, P2_PLAN);
}

function hasPlan(tenant: TenantState, planId: string): boolean {
  return tenant.tenant.subscribedSkus.some(
    (sku) =>
      sku.capabilityStatus === 'Enabled' &&
      Array.isArray(sku.servicePlans) &&
      sku.servicePlans.some((plan) => isObject(plan) && plan.servicePlanId === planId),
  );
}
