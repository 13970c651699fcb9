/** Webhooks of BambooHR: who wants to hear of which people. Their private key is shown once, when they are made. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Answer } from '../http/exchange.ts';
import type { BambooContext } from './context.ts';
import { fieldCatalogue } from './fields.ts';
import { type BambooWebhook, NEW_EVENTS, OLD_EVENTS } from './state.ts';

const bodySchema = z.object({
  name: z.string().min(1),
  url: z.string(),
  format: z.enum(['json', 'form-encoded']),
  events: z.array(z.enum([...OLD_EVENTS, ...NEW_EVENTS])).optional(),
  monitorFields: z.array(z.string()).optional(),
  postFields: z.record(z.string(), z.string()).optional(),
});

/** POST /v1/webhooks: 201 with the private key; 400 with a list of what is wrong. */
export function postWebhook(context: BambooContext): Answer {
  const parsed = bodySchema.safeParse(context.json);
  if (!parsed.success) return flawed(parsed.error.issues.map(({ path }) => `Invalid value: ${path.join('.')}`));
  const { name, url, format, monitorFields = [] } = parsed.data;
  const events = parsed.data.events ?? [...OLD_EVENTS];
  const found = [
    ...(url.startsWith('https://') && URL.canParse(url) ? [] : ['The url must begin with https://']),
    ...(isMixed(events) ? ['employee_with_fields events cannot be mixed with employee events'] : []),
    ...(format === 'json' ? [] : ['The sandbox delivers JSON only']),
    ...fieldFlaws(context, events, monitorFields),
  ];
  if (found.length > 0) return flawed(found);
  const { company } = context;
  const webhook: BambooWebhook = {
    ...{ name, url, events, monitorFields },
    id: String(Math.max(0, ...[...company.webhooks.keys()].map(Number)) + 1),
    privateKey: randomBytes(16).toString('hex'),
    created: new Date(context.now).toISOString().slice(0, 19).replace('T', ' '),
  };
  context.record({ type: 'webhook.put', domain: company.company.domain, webhook });
  return { status: 201, body: { ...shown(webhook), privateKey: webhook.privateKey } };
}

export function listWebhooks({ company }: BambooContext): Answer {
  const webhooks = [...company.webhooks.values()].map(({ id, name, created, url }) => ({
    ...{ id, name, created, url },
    lastSent: null,
  }));
  return { status: 200, body: { webhooks } };
}

export function getWebhook({ company, values }: BambooContext): Answer {
  const webhook = company.webhooks.get(values.id ?? '');
  return webhook === undefined ? noWebhook(values.id ?? '') : { status: 200, body: shown(webhook) };
}

/** GET /v1/webhooks/{id}/log: the deliveries that nobody has taken yet; those that were taken are not kept here. */
export function webhookLog({ company, values }: BambooContext): Answer {
  const id = values.id ?? '';
  const webhook = company.webhooks.get(id);
  if (webhook === undefined) return noWebhook(id);
  const body = [...company.parcels.values()]
    .filter(({ url, attempt }) => url === webhook.url && attempt > 0)
    .map(({ url, due }) => ({
      webhookId: id,
      url,
      lastAttempted: new Date(due).toISOString().slice(0, 19).replace('T', ' '),
      lastSuccess: 'Webhook Not Found',
      statusCode: '503',
      format: 'json',
    }));
  return { status: 200, body };
}

export function deleteWebhook({ company, values, record }: BambooContext): Answer {
  const id = values.id ?? '';
  if (!company.webhooks.has(id)) return noWebhook(id);
  record({ type: 'webhook.delete', domain: company.company.domain, id });
  return { status: 200 };
}

function isMixed(events: readonly string[]): boolean {
  return new Set(events.map((event) => event.split('.')[0])).size > 1;
}

function fieldFlaws(context: BambooContext, events: readonly string[], monitorFields: readonly string[]): string[] {
  const isUpdate = events.some((event) => event.endsWith('.updated'));
  if (isUpdate && monitorFields.length === 0) return ['At least one field must be monitored'];
  const known = new Set(fieldCatalogue(context.company).map(({ alias }) => alias));
  return monitorFields.filter((field) => !known.has(field)).map((field) => `The field ${field} cannot be monitored`);
}

function shown({ privateKey: _onceOnly, ...webhook }: BambooWebhook) {
  return { ...webhook, lastSent: null, postFields: {}, format: 'json', includeCompanyDomain: false };
}

function flawed(messages: readonly string[]): Answer {
  return { status: 400, body: { errors: messages.map((error) => ({ error })) } };
}

function noWebhook(id: string): Answer {
  return { status: 404, body: { errors: [{ error: `No webhook was found with ID: ${id}.` }] } };
}
