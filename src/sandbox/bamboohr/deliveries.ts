/** What BambooHR sends to webhooks when people change: signed, and again for a while where nobody could take it. */
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import type { Clock } from '../../lib/clock.ts';
import type { CompanyEvent, Employee, SandboxEvent } from '../state/events.ts';
import type { CompanyState, SandboxState } from '../state/state.ts';
import type { BambooWebhook, WebhookParcel } from './state.ts';

/** Sends deliveries as the world's people change. */
export type WebhookPost = {
  /** Lets an event happen and sends what follows from it. */
  observe(event: SandboxEvent, apply: () => void): void;
  /** Sends what has come due since: the clock was turned. */
  sendDue(): void;
  stop(): Promise<void>;
};

type Happening = { type: 'created' | 'updated' | 'deleted'; employeeId: string; changed: string[] };

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const DEADLINE_MS = 10_000;
const MINUTE_MS = 60_000;
/** After an answer of 5xx a delivery comes again so long after each attempt; 4xx is never repeated. */
const AGAIN_MINUTES = [5, 10, 20, 40, 80];

type PostDeps = { state: SandboxState; clock: Clock; caFile: string; record(event: CompanyEvent): void };

/**
 * Creates it. What is to be sent is kept before it is sent and until it was taken, so that a sandbox that was killed goes
 * on with it. Nothing is sent beyond this machine.
 */
export function createWebhookPost(deps: PostDeps): WebhookPost {
  const { state, clock } = deps;
  const agent = new Agent({
    connect: { ca: readFileSync(deps.caFile, 'utf8') },
    headersTimeout: DEADLINE_MS,
    bodyTimeout: DEADLINE_MS,
  });
  let last: Promise<void> = Promise.resolve();
  let isStopped = false;
  const send = async (domain: string, parcel: WebhookParcel) => {
    const begun = clock.now();
    const status = await posted(agent, parcel);
    // An attempt that the end of the sandbox cut is made again by the next one.
    if (isStopped) return;
    const againMinutes = AGAIN_MINUTES[parcel.attempt];
    if (status < 500 || againMinutes === undefined) deps.record({ type: 'parcel.delete', domain, id: parcel.id });
    else {
      const due = begun + againMinutes * MINUTE_MS;
      deps.record({ type: 'parcel.put', domain, parcel: { ...parcel, attempt: parcel.attempt + 1, due } });
    }
  };
  const sendDue = () => {
    // One after another, since what waits is known only once the attempts before have ended.
    last = last.then(async () => {
      const waiting = [...state.companies].flatMap(([domain, { parcels }]) =>
        [...parcels.values()].map((parcel) => ({ domain, parcel })),
      );
      for (const { domain, parcel } of waiting) if (parcel.due <= clock.now() && !isStopped) await send(domain, parcel);
    });
  };
  // What the sandbox before this one could not deliver any more.
  sendDue();
  return {
    sendDue,
    observe(event, apply) {
      const company = 'domain' in event ? state.companies.get(event.domain) : undefined;
      const happenings = company === undefined || !('domain' in event) ? [] : happeningsOf(company, event);
      apply();
      if (company === undefined || happenings.length === 0) return;
      const { domain } = company.company;
      const parcels = happenings.flatMap((happening) => parcelsFor(company, happening, clock.now()));
      for (const parcel of parcels) deps.record({ type: 'parcel.put', domain, parcel });
      if (parcels.length > 0) sendDue();
    },
    stop: async () => {
      isStopped = true;
      await agent.destroy();
      await last;
    },
  };
}

/** The status of an attempt; where no answer came it counts as one of a server that is not there. */
async function posted(agent: Agent, { url, headers, body }: WebhookParcel): Promise<number> {
  if (!LOOPBACK.has(URL.parse(url)?.hostname ?? '')) return 400;
  try {
    const answer = await request(url, { dispatcher: agent, method: 'POST', headers, body });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    // Refused, cut or too late: the vendor calls each of them a failed delivery.
    return 503;
  }
}

/** A new person is told twice: as created and at once as updated. */
function happeningsOf({ company }: CompanyState, event: CompanyEvent): Happening[] {
  if (event.type === 'employee.delete') return [{ type: 'deleted', employeeId: event.employeeId, changed: [] }];
  if (event.type !== 'employee.put') return [];
  const { employee } = event;
  const before = company.employees.find(({ id }) => id === employee.id);
  const updated: Happening = { type: 'updated', employeeId: employee.id, changed: changedIn(before, employee) };
  return before === undefined ? [{ ...updated, type: 'created', changed: [] }, updated] : [updated];
}

function changedIn(before: Employee | undefined, after: Employee): string[] {
  return Object.keys(after).filter((field) => field !== 'id' && before?.[field] !== after[field]);
}

function parcelsFor(company: CompanyState, happening: Happening, now: number): WebhookParcel[] {
  return [...company.webhooks.values()].flatMap((webhook) => {
    const event = webhook.events.find((name) => name.endsWith(`.${happening.type}`));
    const changedFields = happening.changed.filter((field) => webhook.monitorFields.includes(field));
    const isOfInterest = happening.type !== 'updated' || changedFields.length > 0;
    return event === undefined || !isOfInterest
      ? []
      : [parcelFor(webhook, { ...happening, event, changedFields, companyId: company.company.domain }, now)];
  });
}

type Told = Happening & { event: string; changedFields: string[]; companyId: string };

function parcelFor(webhook: BambooWebhook, told: Told, now: number): WebhookParcel {
  const { companyId, employeeId, changedFields } = told;
  const timestamp = String(Math.floor(now / 1000));
  const body = JSON.stringify({
    type: told.event,
    timestamp: `${new Date(now).toISOString().slice(0, 19)}+0000`,
    data: { companyId, employeeId, ...(told.type === 'updated' ? { changedFields } : {}) },
  });
  const signature = createHmac('sha256', webhook.privateKey).update(body).update(timestamp).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-bamboohr-signature': signature,
    'x-bamboohr-timestamp': timestamp,
  };
  return { id: randomUUID(), url: webhook.url, body, headers, attempt: 0, due: now };
}
