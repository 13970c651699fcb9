import { isObject, type TenantState } from '../state/state.ts';

/** Service plans that carry Entra ID P1 and P2 (contracts: licence detection by service plan id). */
const P1_PLAN = '41781fb2-bc02-4b7c-bd55-b576c07bb09d';
const P2_PLAN = 'eec0eb4f-6444-4f95-aba0-50c24d67f998';

/** Service plans of Workload Identities Premium, P1 and P2. */
const WORKLOAD_PLANS = ['84c289f0-efcb-486f-8581-07f44fc9efad', '7dc0e92d-bf15-401d-907e-0884efe7c760'];

/** Whether the tenant may have policies on service principals. */
export function hasWorkloadPremium(tenant: TenantState): boolean {
  return WORKLOAD_PLANS.some((plan) => hasPlan(tenant, plan));
}

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
