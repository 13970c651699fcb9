import type { Clock } from '../../../lib/clock.ts';
import { AppError } from '../../../lib/errors.ts';
import type { HttpClient } from '../../http.ts';
import { callOf } from '../../http-failures.ts';
import type { HttpRequest } from '../../http-types.ts';
import { createJsonList } from '../../json-list.ts';
import type { Pacer } from '../../pacer.ts';
import { createToldBody, digestOfParts } from '../../told-body.ts';
import { dayIn } from '../days.ts';
import type { HrReading, HrSource } from '../hr.ts';
import { workdayCalls } from './calls.ts';
import { createReportReader, REPORT_LIST } from './report.ts';
import { rulesOf, type WorkdaySettings } from './settings.ts';
import { readingOf, WORKDAY_READING } from './transform.ts';

/** Workday has no paging: one answer holds everybody and is made while the request waits. Its text is never held whole. */
const DEADLINE_MS = 15 * 60_000;
const BYTES_MAX = 1024 * 1024 * 1024;

/** Creates the HR source of a company at Workday: one report for everybody. Refuses an address that is none. */
export function createWorkdaySource(
  deps: { http: HttpClient; clock: Clock; pacer: Pacer },
  settings: WorkdaySettings,
): HrSource {
  const url = addressOf(settings);
  const rules = rulesOf(settings);
  const read = async (signal?: AbortSignal): Promise<HrReading> => {
    let reader = createReportReader(rules);
    // Each try begins anew: rows of an answer that was cut must not count.
    const take = () => createToldBody(createJsonList(REPORT_LIST, (entry) => reader.row(entry)));
    let told = take();
    const collect = () => {
      reader = createReportReader(rules);
      told = take();
      return told;
    };
    const request = { ...requestOf({ url, settings, pacer: deps.pacer, signal }), collect };
    const answer = await deps.http.send(request);
    const today = dayIn(deps.clock.now(), settings.timeZone ?? 'UTC');
    const { columns, statusWords } = settings;
    return {
      ...readingOf(reader.end(answer.body), { today, call: callOf(request, answer) }),
      digest: digestOfParts([WORKDAY_READING, told.digest(), columns, statusWords, today]),
    };
  };
  return { source: 'workday', read, readEmployees: async (signal) => (await read(signal)).employees };
}

function requestOf(ask: {
  url: URL;
  settings: WorkdaySettings;
  pacer: Pacer;
  signal: AbortSignal | undefined;
}): HttpRequest {
  const { settings, signal } = ask;
  const credentials = Buffer.from(`${settings.username}:${settings.password}`, 'utf8').toString('base64');
  return {
    vendor: 'workday',
    method: workdayCalls.report.method,
    url: ask.url.href,
    pathTemplate: workdayCalls.report.path,
    headers: { accept: 'application/json', authorization: `Basic ${credentials}` },
    expect: 'json',
    deadlineMs: settings.deadlineMs ?? DEADLINE_MS,
    bytesMax: settings.bytesMax ?? BYTES_MAX,
    signal,
    turn: (tryOnce) => ask.pacer.run({ lane: `workday/${ask.url.host}${ask.url.pathname}`, signal }, tryOnce),
    refusalMessage,
  };
}

function refusalMessage(status: number): string | undefined {
  switch (status) {
    case 401:
      return 'Workday refused the integration user: check its name (without the tenant), its password and that it is not locked.';
    case 403:
      return 'Workday does not let the integration user read the report: share the report with it and grant the domains of its columns.';
    case 404:
      return 'Workday has no such report: copy its web service address again; it changes when the report gets another owner.';
    case 500:
      return 'Workday could not run the report. If that stays so, check hr.prompts in the customer file: a prompt that the report does not know, or a value that it does not take, is answered in this way.';
    default:
      return undefined;
  }
}

/** The pasted address with JSON as its format, whichever format it was pasted with, and the prompts. */
function addressOf(settings: WorkdaySettings): URL {
  const url = URL.canParse(settings.reportUrl) ? new URL(settings.reportUrl) : null;
  if (url === null || url.username !== '' || url.password !== '') {
    throw new AppError('bad_report_url', 'the report URL of Workday is not an address without credentials', {
      userMessage: 'The report URL of Workday in the customer file is not an address, or holds a user name.',
    });
  }
  const isFormat = (name: string) => ['format', 'xsd', 'xsds', 'wsdl'].includes(name.toLowerCase());
  for (const name of [...url.searchParams.keys()].filter(isFormat)) url.searchParams.delete(name);
  for (const [alias, value] of Object.entries(settings.prompts ?? {})) url.searchParams.set(alias, value);
  url.searchParams.set('format', 'json');
  return url;
}
