/**
 * Workday's Report-as-a-Service: one address for each report, one answer with everybody, no pages, no published limit.
 * Written from what connectors to Workday are seen to do: the vendor's own pages are closed to the public.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { type Answer, type Bend, type Call, type CallFacts, headerOf, type VendorApp } from '../http/exchange.ts';
import { compileTemplate } from '../http/templates.ts';
import type { CompanyState, SandboxState } from '../state/state.ts';
import { workdayCredentials } from './credentials.ts';
import { jsonReport, xmlFault, xmlReport } from './formats.ts';
import { workersOf } from './rows.ts';

type WorkdayDeps = { state: SandboxState; clock: Clock };

const REPORT = compileTemplate('/ccx/service/customreport2/{tenant}/{owner}/{report}');
/** Parameters that are no prompts of the report. */
const FORMAT = 'format';
/** The one prompt that the report has: the day as of which it is run. */
const PROMPT = 'Effective_as_of_Date';

/** Creates the simulated Workday. */
export function createWorkday(deps: WorkdayDeps): VendorApp & { errorAnswer(status: number): Answer } {
  return {
    vendor: 'workday',
    errorAnswer: (status) => xmlFault(status, status === 429 ? 'Too many requests' : 'Processing error occurred.'),
    match(call) {
      const values = REPORT.match(call.path);
      const facts: CallFacts = {};
      if (values === null || call.method !== 'GET') {
        return { template: '(unknown)', facts, answer: () => Promise.resolve(xmlFault(404, 'Page not found')) };
      }
      const company = findCompany(deps.state, values.tenant ?? '');
      if (company !== undefined) facts.tenant = company.company.domain;
      const answer = (bend: Bend) => Promise.resolve(runReport(deps, { call, values, company, bend }));
      return { template: REPORT.text, facts, answer };
    },
  };
}

function findCompany(state: SandboxState, tenant: string): CompanyState | undefined {
  for (const company of state.companies.values()) {
    if (workdayCredentials(company.company).tenant === tenant) return company;
  }
  return undefined;
}

type Given = { call: Call; values: Record<string, string>; company: CompanyState | undefined; bend: Bend };

function runReport(deps: WorkdayDeps, given: Given): Answer {
  const { call, values, company, bend } = given;
  if (company === undefined || !isAllowed(call, company)) {
    return xmlFault(401, 'invalid username or password');
  }
  const credentials = workdayCredentials(company.company);
  if (values.owner !== credentials.owner || values.report !== credentials.report) {
    return xmlFault(404, 'The report does not exist or is not enabled as a web service.');
  }
  if (!company.workday.userMayRunReport) return xmlFault(403, 'The task submitted is not authorized.');
  const today = readPrompts(call, deps.clock.now());
  if (today === null) return xmlFault(500, 'Validation error occurred. Invalid value for a report prompt.');
  if (bend.noEntries === true) return { status: 200, body: {} };
  const shrink = bend.shrinkTo === undefined ? {} : { shrinkTo: bend.shrinkTo };
  const rows = workersOf(company, { today, ...shrink });
  const format = call.query.get(FORMAT)?.toLowerCase() ?? 'xml';
  if (format === 'json') return jsonReport(rows, company.workday.emptyReport);
  if (format === 'xml' || format === 'simplexml') return xmlReport(rows, credentials.report);
  return xmlFault(500, `Processing error occurred. The format '${format}' is not simulated.`);
}

/** The plain name of the integration user, without the tenant behind it that SOAP wants. */
function isAllowed(call: Call, company: CompanyState): boolean {
  const { userName, password } = workdayCredentials(company.company);
  const given = Buffer.from(/^Basic\s+(\S+)$/i.exec(headerOf(call, 'authorization') ?? '')?.[1] ?? '', 'base64');
  const wanted = Buffer.from(`${userName}:${password}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The day as of which the report runs, today without a prompt; null when a prompt is unknown or has no date. */
function readPrompts(call: Call, now: number): string | null {
  for (const [name, value] of call.query) {
    if (name === FORMAT) continue;
    if (name !== PROMPT || !/^\d{4}-\d{2}-\d{2}/.test(value) || Number.isNaN(Date.parse(value.slice(0, 10))))
      return null;
  }
  return call.query.get(PROMPT)?.slice(0, 10) ?? new Date(now).toISOString().slice(0, 10);
}
