/** Where ConnectWise delivers what changed in a customer's tickets. */
import type { Tickets } from '../rollout/tickets/tickets.ts';
import type { Route, RouteAnswer } from './route.ts';

const DELIVERY_BYTES = 256 * 1024;

/**
 * POST /api/connectwise/{customerId}, without sign-in: a delivery proves itself by its signature over the bytes as they
 * came. Forged ones, another customer's and repeated ones are refused; an address that is nobody's answers like any
 * other that is none. Nothing is read from ConnectWise but the signing key.
 */
export function psaRoutes(tickets: Pick<Tickets, 'receive'>): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/connectwise/:customerId',
      bodyBytesMax: DELIVERY_BYTES,
      takesBytes: true,
      handle: async ({ params, headers, body }) => {
        const customerId = (params.customerId ?? '').toLowerCase();
        const signature = headers['x-content-signature'];
        const rawBody = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
        const given = { rawBody, signature: typeof signature === 'string' ? signature : undefined };
        const outcome = await tickets.receive(customerId, given);
        return outcome.ok ? { status: 204 } : REFUSALS[outcome.reason];
      },
    },
  ];
}

const REFUSALS: Readonly<Record<'unknown' | 'forged' | 'otherCustomer' | 'repeated', RouteAnswer>> = {
  unknown: refusal(404, 'not_found'),
  forged: refusal(403, 'delivery_forged'),
  otherCustomer: refusal(403, 'delivery_foreign'),
  repeated: refusal(409, 'delivery_repeated'),
};

/** Whoever delivers is a program: the code is all it is told. */
function refusal(status: number, code: string): RouteAnswer {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ error: { code } }) };
}
