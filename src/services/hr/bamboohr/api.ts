import { z } from 'zod';
import type { Clock } from '../../../lib/clock.ts';
import { VendorRefusedError } from '../../../lib/errors.ts';
import type { HttpClient } from '../../http.ts';
import { callOf } from '../../http-failures.ts';
import type { HttpRequest } from '../../http-types.ts';
import type { Pacer } from '../../pacer.ts';
import { parsedAnswer } from '../../parsed-answer.ts';
import { createToldBody, digestOfParts } from '../../told-body.ts';
import { type BambooAccess, createBambooAccess } from './access.ts';
import { type BambooAddress, bambooAddressOf } from './address.ts';
import type { BambooAsk, BambooSend } from './ask.ts';
import { type BambooCallName, bambooCallOf } from './calls.ts';
import { createBambooDataset } from './dataset.ts';
import { BAMBOO_FIELDS, type BambooRow, createBambooRowReader } from './rows.ts';
import { type BambooSettings, rulesOf } from './settings.ts';

const id = z.union([z.string().min(1), z.number()]);

export type BambooRows = { rows: BambooRow[]; digest: string };

export type BambooAbsence = { employeeId: string; start: string; end: string };

/** BambooHR's API of one company. */
export type BambooApi = {
  /** Everybody, whatever the status, and the digest of what was sent. */
  employees(signal?: AbortSignal): Promise<BambooRows>;
  /** Approved absences that touch the span; null where the company does not show them. */
  absences(span: { start: string; end: string }, signal?: AbortSignal): Promise<BambooAbsence[] | null>;
};

const reportSchema = z.looseObject({ employees: z.array(z.never()) });
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const whosOutSchema = z.array(z.looseObject({ type: z.string(), employeeId: id.nullish(), start: day, end: day }));

/** The report comes in one piece and is made while the request waits. Its text is never held whole. */
const REPORT_DEADLINE_MS = 15 * 60_000;
const REPORT_BYTES_MAX = 1024 * 1024 * 1024;

type Deps = { http: HttpClient; clock: Clock; pacer: Pacer };
type Ask = BambooAsk & { name: BambooCallName };
type Company = Deps & { settings: BambooSettings; address: BambooAddress; access: BambooAccess };

/** Creates the API of one company. Refuses a base URL that is none. */
export function createBambooApi(deps: Deps, settings: BambooSettings): BambooApi {
  const access = createBambooAccess(deps, settings);
  const company: Company = { ...deps, settings, address: bambooAddressOf(settings), access };
  const send: BambooSend = (name, ask) => sendCall(company, { name, ...ask });
  const { employeeIdField } = rulesOf(settings);
  const dataset = createBambooDataset(send, { dataset: settings.datasetName ?? 'employee', employeeIdField });
  return {
    async employees(signal) {
      if (settings.readBy !== 'dataset') return employeesByReport(send, signal);
      const rows = await dataset(signal);
      return { rows, digest: digestOfParts(rows) };
    },
    async absences(span, signal) {
      try {
        // `filter=off` shows everybody, not only those whom the key's user would see in the calendar.
        const { answer, facts } = await send('whosOut', { query: { ...span, filter: 'off' }, signal });
        return parsedAnswer(whosOutSchema, answer.body, facts).flatMap(({ type, employeeId, start, end }) =>
          type === 'timeOff' && employeeId !== null && employeeId !== undefined
            ? [{ employeeId: String(employeeId), start, end }]
            : [],
        );
      } catch (error) {
        if (error instanceof VendorRefusedError && error.call.status === 403) return null;
        throw error;
      }
    },
  };
}

async function employeesByReport(send: BambooSend, signal: AbortSignal | undefined): Promise<BambooRows> {
  const body = { title: 'MFA rollout', fields: ['id', ...BAMBOO_FIELDS] };
  let reader = createBambooRowReader();
  let told = createToldBody(reader.collector);
  // Each try begins anew: rows of an answer that was cut must not count.
  const collect = () => {
    reader = createBambooRowReader();
    told = createToldBody(reader.collector);
    return told;
  };
  const query = { format: 'json', onlyCurrent: 'true' };
  const { answer, facts } = await send('customReport', { query, body, collect, signal });
  const rows = reader.rows(facts);
  parsedAnswer(reportSchema, answer.body, facts);
  return { rows, digest: told.digest() };
}

/** A token that was refused is given up once: it may have been revoked since it was issued. */
async function sendCall(company: Company, ask: Ask) {
  const { access } = company;
  const header = await access.header(ask.signal);
  try {
    return await sendAs(company, ask, header);
  } catch (error) {
    const isRefused = error instanceof VendorRefusedError && error.call.status === 401;
    if (!isRefused || !access.giveUp(header)) throw error;
    return sendAs(company, ask, await access.header(ask.signal));
  }
}

async function sendAs({ http, pacer, settings, address, access }: Company, ask: Ask, authorization: string) {
  const call = bambooCallOf(ask.name);
  const query = new URLSearchParams(ask.query ?? {}).toString();
  const path = call.path.replace(/\{(\w+)\}/g, (_braces, name: string) => encodeURIComponent(ask.ids?.[name] ?? ''));
  const request: HttpRequest = {
    vendor: 'bamboohr',
    method: call.method,
    url: `${address(call.version)}${path}${query === '' ? '' : `?${query}`}`,
    pathTemplate: `/${call.version}${call.path}`,
    headers: {
      // Without it several endpoints answer in XML.
      accept: 'application/json',
      authorization,
      // Exactly so: with a charset the custom report takes the body for XML.
      ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
    expect: 'json',
    ...(ask.collect === undefined
      ? {}
      : { collect: ask.collect, bytesMax: REPORT_BYTES_MAX, deadlineMs: REPORT_DEADLINE_MS }),
    // Both POSTs are queries.
    repeatable: true,
    signal: ask.signal,
    turn: (tryOnce) => pacer.run({ lane: `bamboohr/${settings.company}`, signal: ask.signal }, tryOnce),
    refusalMessage: (status) => access.refusalMessage(status, call),
  };
  const answer = await http.send(request);
  return { answer, facts: callOf(request, answer) };
}
