/** Where BambooHR delivers what changed about a customer's people. */
import type { HrDeliveries } from '../rollout/customers/hr-deliveries.ts';
import type { Route } from './route.ts';

const DELIVERY_BYTES = 64 * 1024;

/**
 * POST /api/bamboohr/{customerId}, without sign-in: a delivery proves itself by its signature over the bytes as they
 * came and the time beside them. Refused ones answer 4xx, which BambooHR does not repeat; an address that is nobody's
 * answers like any other that is none.
 */
export function hrRoutes(deliveries: HrDeliveries): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/bamboohr/:customerId',
      bodyBytesMax: DELIVERY_BYTES,
      takesBytes: true,
      handle: async ({ params, headers, body }) => {
        const customerId = (params.customerId ?? '').toLowerCase();
        const rawBody = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
        const outcome = await deliveries.receive(customerId, { rawBody, headers: singlesOf(headers) });
        if (outcome.ok) return { status: 204 };
        const { status, code } = REFUSALS[outcome.reason];
        return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ error: { code } }) };
      },
    },
  ];
}

const REFUSALS = {
  unknown: { status: 404, code: 'not_found' },
  unsigned: { status: 403, code: 'delivery_forged' },
  forged: { status: 403, code: 'delivery_forged' },
  stale: { status: 403, code: 'delivery_stale' },
  unreadable: { status: 400, code: 'delivery_unreadable' },
  repeated: { status: 409, code: 'delivery_repeated' },
} as const;

/** A header sent twice proves nothing: it is left out. */
function singlesOf(headers: Record<string, string | string[] | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]),
  );
}
