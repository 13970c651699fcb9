import type { Answer } from '../http/exchange.ts';
import type { TenantHappening } from '../state/events.ts';
import { isObject } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { type AuditFacts, auditOf } from './audit-trail.ts';
import type { GraphContext } from './context.ts';
import { badRequest } from './errors.ts';

export type Body = { ok: true; body: GraphObject } | { ok: false; refusal: Answer };

const UNREADABLE =
  'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.';

/** The body of a write as a JSON object. Refuses an empty one, one that is no JSON and one that is no object. */
export function readBody(context: GraphContext): Body {
  const { body } = context.call;
  if (body.trim() === '') return refuse('Empty Payload. JSON content expected.');
  const type = String(context.call.headers['content-type'] ?? '');
  if (!/^application\/json\b/i.test(type)) return refuse(UNREADABLE);
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? { ok: true, body: value } : refuse(UNREADABLE);
  } catch {
    // The caller's text is no JSON.
    return refuse(UNREADABLE);
  }
}

function refuse(message: string): Body & { ok: false } {
  return { ok: false, refusal: badRequest(message, 'BadRequest') };
}

/** The refusal of a body for a call that has none ("Content-Length: 0. Required."), null where nothing came. */
export function refuseBody({ call }: GraphContext): Answer | null {
  return call.body === '' ? null : refuse('The request must have an empty body.').refusal;
}

/** The refusal of a payload for an action without parameters: what comes must be an object, if anything comes. */
export function refuseParameters(context: GraphContext): Answer | null {
  if (context.call.body === '') return null;
  const read = readBody(context);
  return read.ok ? null : read.refusal;
}

/**
 * Keeps what a write does, and its lines in the audit log, as one: after this returned, neither is lost.
 */
export function commit(context: GraphContext, events: TenantHappening[], audits: AuditFacts[] = []): void {
  const given = { actor: { appId: context.appId }, now: context.now };
  const lines = audits.map((facts) => auditOf(context.tenant, given, facts));
  const { tenantId } = context.tenant.tenant;
  context.deps.record({ tenantId, type: 'together', events: [...events, ...lines] });
}

/** The instant of the call as Graph writes it. */
export function instant(context: GraphContext): string {
  return new Date(context.now).toISOString();
}

/** A property of a body that is a list of texts; null when it is something else. */
export function textList(value: unknown): string[] | null {
  if (!Array.isArray(value)) return null;
  const items: unknown[] = value;
  return items.every((item) => typeof item === 'string') ? items : null;
}
