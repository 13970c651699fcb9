/** What BambooHR sends to webhooks when people change: signed, and again for a while where nobody could take it. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import type { Clock } from '../../lib/clock.ts';
import type { CompanyEvent, Employee, SandboxEvent } from '../state/events.ts';
import type { CompanyState, SandboxState } from '../state/state.ts';
import type { BambooWebhook } from './state.ts';

/** Sends deliveries as the world's people change. */
export type WebhookPost = {
  /** Lets an event happen and sends what follows from it. */
  observe(event: SandboxEvent, apply: () => void): void;
  /** Sends what has come due since: the clock was turned. */
  sendDue(): void;
  stop(): Promise<void>;
};

type Parcel = { url: string; body: string; headers: Record<string, string>; attempt: number; due: number };
type Happening = { type: 'created' | 'updated' | 'deleted'; employeeId: string; changed: string[] };

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const DEADLINE_MS = 10_000;
const MINUTE_MS = 60_000;
/** After an answer of 5xx a delivery comes again so long after each attempt; 4xx is never repeated. */
const AGAIN_MINUTES = [5, 10, 20, 40, 80];

/** Creates it; what waits for another attempt lives in memory. Nothing is sent beyond this machine. */
export function createWebhookPost(deps: { state: SandboxState; clock: Clock; caFile: string }): WebhookPost {
  const { state, clock } = deps;
  const agent = new Agent({
    connect: { ca: readFileSync(deps.caFile, 'utf8') },
    headersTimeout: DEADLINE_MS,
    bodyTimeout: DEADLINE_MS,
  });
  let waiting: Parcel[] = [];
  let last: Promise<void> = Promise.resolve();
  const send = async (parcel: Parcel) => {
    const begun = clock.now();
    const status = await posted(agent, parcel);
    const againMinutes = AGAIN_MINUTES[parcel.attempt];
    if (status < 500 || againMinutes === undefined) return;
    const due = begun + againMinutes * MINUTE_MS;
    waiting.push({ ...parcel, attempt: parcel.attempt + 1, due });
  };
  const sendDue = () => {
    // One after another, since what waits is known only once the attempts before have ended.
    last = last.then(async () => {
      const due = waiting.filter((parcel) => parcel.due <= clock.now());
      waiting = waiting.filter((parcel) => !due.includes(parcel));
      for (const parcel of due) await send(parcel);
    });
  };
  return {
    sendDue,
    observe(event, apply) {
      const company = 'domain' in event ? state.companies.get(event.domain) : undefined;
      const happenings = company === undefined || !('domain' in event) ? [] : happeningsOf(company, event);
      apply();
      if (company === undefined || happenings.length === 0) return;
      waiting.push(...happenings.flatMap((happening) => parcelsFor(company, happening, clock.now())));
      sendDue();
    },
    stop: () => agent.destroy(),
  };
}

/** The status of an attempt; where no answer came it counts as one of a server that is not there. */
async function posted(agent: Agent, { url, headers, body }: Parcel): Promise<number> {
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

function parcelsFor(company: CompanyState, happening: Happening, now: number): Parcel[] {
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

function parcelFor(webhook: BambooWebhook, told: Told, now: number): Parcel {
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
  return { url: webhook.url, body, headers, attempt: 0, due: now };
}
