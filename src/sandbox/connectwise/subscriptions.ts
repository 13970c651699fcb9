import type { Answer } from '../http/exchange.ts';
import { isObject } from '../state/state.ts';
import { callbackFlaws } from './callbacks.ts';
import { type CwCall, infoOf, listingOf } from './context.ts';
import { invalidObject, noRecord } from './errors.ts';
import { CALLBACK_FIELDS, readFields, searchNames } from './fields.ts';
import { countRecords, listRecords } from './listing.ts';
import type { CwRecord } from './state.ts';

const RESOURCE = 'callbackEntry';
const NAMES = searchNames(CALLBACK_FIELDS);
/** `objectId` 0 is kept as 1, the number of the whole site. */
const WHOLE_SITE = 1;

export function listCallbacks(context: CwCall): Answer {
  return listRecords(context.state.records.callback.values(), listingOf(context, NAMES));
}

export function countCallbacks(context: CwCall): Answer {
  return countRecords(context.state.records.callback.values(), listingOf(context, NAMES));
}

export function getCallback(context: CwCall): Answer {
  const record = context.state.records.callback.get(Number(context.values.id));
  return record === undefined ? noRecord('Callback', context.values.id ?? '') : { status: 200, body: record };
}

/** POST /system/callbacks: 201, or 400 for a level that the type has not, a bad address, and one that is there. */
export function postCallback(context: CwCall): Answer {
  const { values, flaws } = readFields(CALLBACK_FIELDS, isObject(context.json) ? context.json : {});
  const found = [...flaws, ...(flaws.length === 0 ? callbackFlaws(values) : [])];
  if (found.length > 0) return invalidObject(RESOURCE, found);
  const objectId = values.objectId === 0 || values.objectId === undefined ? WHOLE_SITE : values.objectId;
  const { site, records, nextId } = context.state;
  const same = (['url', 'type', 'level'] as const).map((name) => values[name]);
  const exists = [...records.callback.values()].some(
    (other) =>
      other.objectId === objectId && other.url === same[0] && other.type === same[1] && other.level === same[2],
  );
  if (exists) {
    const message = 'A matching callback entry already exists';
    return invalidObject(RESOURCE, [{ code: 'ObjectExists', message, field: 'objectId' }]);
  }
  const { lastUpdated, updatedBy } = infoOf(context, null);
  const record: CwRecord = {
    id: nextId,
    payloadVersion: '3.0.0',
    inactiveFlag: false,
    isSelfSuppressedFlag: false,
    ...values,
    objectId,
    memberId: site.memberId,
    isSoapCallbackFlag: false,
    connectWiseID: site.signingKeyId,
    _info: { lastUpdated, updatedBy },
  };
  context.record({ type: 'connectwise.put', records: [{ kind: 'callback', record }] });
  return { status: 201, body: record };
}

export function deleteCallback(context: CwCall): Answer {
  const id = Number(context.values.id);
  if (!context.state.records.callback.has(id)) return noRecord('Callback', context.values.id ?? '');
  context.record({ type: 'connectwise.remove', kind: 'callback', id });
  return { status: 204 };
}
