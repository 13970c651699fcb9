import { z } from 'zod';
import { withAccidents } from './accidents.ts';
import type { Arrived, Reply } from './vendor-double.ts';

const created = z.looseObject({
  toRecipients: z.array(z.looseObject({ emailAddress: z.looseObject({ address: z.string() }) })),
  singleValueExtendedProperties: z.array(z.object({ id: z.string(), value: z.string() })),
});

type Message = { id: string; isDraft: boolean; to: string; body: unknown; properties: { id: string; value: string }[] };

/** Messages of mailboxes as Graph keeps them, with accidents to order. */
export function createOutlookDouble() {
  const messages: Message[] = [];
  const delivered: string[] = [];
  let count = 0;

  const create = (body: string): Reply => {
    const draft = created.parse(JSON.parse(body));
    count += 1;
    const message = {
      id: `AAkAL-${count}=`,
      isDraft: true,
      to: draft.toRecipients[0]?.emailAddress.address ?? '',
      body: draft,
      properties: draft.singleValueExtendedProperties,
    };
    messages.push(message);
    return { status: 201, json: { id: message.id, isDraft: true, createdDateTime: `2026-11-20T12:00:0${count}Z` } };
  };
  const find = (filter: string): Reply => {
    const [, id, value] = /ep\/id eq '([^']*)' and ep\/value eq '([^']*)'/.exec(filter) ?? [];
    const found = messages.filter(({ properties }) => properties.some((one) => one.id === id && one.value === value));
    return { json: { value: found.map((message) => ({ id: message.id, isDraft: message.isDraft })) } };
  };
  const onMessage = (id: string, isSending: boolean): Reply => {
    const message = messages.find((one) => one.id === id);
    if (message === undefined || (isSending && !message.isDraft)) return refusal(404, 'ErrorItemNotFound');
    if (!isSending) return { json: { id, isDraft: message.isDraft } };
    message.isDraft = false;
    delivered.push(message.to);
    return { status: 202 };
  };
  const change = (id: string, body: string): Reply => {
    const message = messages.find((one) => one.id === id);
    if (message === undefined) return refusal(404, 'ErrorItemNotFound');
    if (!message.isDraft) return refusal(400, 'ErrorInvalidPropertySet');
    message.body = { ...(message.body as object), ...(JSON.parse(body) as object) };
    return { json: { id, isDraft: true } };
  };
  const remove = (id: string): Reply => {
    const at = messages.findIndex((one) => one.id === id);
    if (at === -1) return refusal(404, 'ErrorItemNotFound');
    messages.splice(at, 1);
    return { status: 204 };
  };
  const carriedOut = ({ method, path, query, body }: Arrived): Reply => {
    const [, id, send] = /\/messages(?:\/([^/]+))?(\/send)?$/.exec(path) ?? [];
    if (id !== undefined && method === 'PATCH') return change(id, body);
    if (id !== undefined && method === 'DELETE') return remove(id);
    if (id !== undefined) return onMessage(id, send !== undefined);
    return method === 'POST' ? create(body) : find(query.get('$filter') ?? '');
  };

  return {
    messages,
    delivered,
    ...withAccidents(carriedOut),
  };
}

/** A refusal as Graph words it. */
export function refusal(status: number, code: string): Reply {
  return { status, json: { error: { code, message: 'Somebody <private@contoso.example> cannot be found.' } } };
}
