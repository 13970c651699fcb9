import type { Answer } from '../http/exchange.ts';
import type { WorkerRow } from './rows.ts';

const ROWS_PER_PIECE = 200;
const XML_TYPE = 'text/xml; charset=utf-8';

/** A report as JSON, written in pieces; without rows it is `{}` or an empty list, as `emptyReport` says. */
export function jsonReport(rows: Iterable<WorkerRow>, emptyReport: 'absent' | 'empty'): Answer {
  return { status: 200, stream: jsonPieces(rows, emptyReport) };
}

function* jsonPieces(rows: Iterable<WorkerRow>, emptyReport: 'absent' | 'empty'): Generator<string> {
  let before = '{"Report_Entry":[';
  for (const piece of inPieces(rows)) {
    yield before + piece.map((row) => JSON.stringify(row)).join(',');
    before = ',';
  }
  if (before === ',') yield ']}';
  else yield emptyReport === 'empty' ? '{"Report_Entry":[]}' : '{}';
}

/** The same as XML, which is what comes when no format is asked for; a group repeats its element. */
export function xmlReport(rows: Iterable<WorkerRow>, report: string): Answer {
  return { status: 200, headers: { 'Content-Type': XML_TYPE }, stream: xmlPieces(rows, report) };
}

function* xmlPieces(rows: Iterable<WorkerRow>, report: string): Generator<string> {
  const namespace = escapeXml(`urn:com.workday.report/${report}`);
  yield `<?xml version='1.0' encoding='UTF-8'?><wd:Report_Data xmlns:wd="${namespace}">`;
  for (const piece of inPieces(rows)) yield piece.map((row) => element('Report_Entry', columns(row))).join('');
  yield '</wd:Report_Data>';
}

function columns(row: WorkerRow | Record<string, string>): string {
  return Object.entries(row)
    .map(([name, value]) =>
      typeof value === 'string'
        ? element(name, escapeXml(value))
        : value.map((inner) => element(name, columns(inner))).join(''),
    )
    .join('');
}

function element(name: string, content: string): string {
  return `<wd:${name}>${content}</wd:${name}>`;
}

function* inPieces(rows: Iterable<WorkerRow>): Generator<WorkerRow[]> {
  let piece: WorkerRow[] = [];
  for (const row of rows) {
    piece.push(row);
    if (piece.length < ROWS_PER_PIECE) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

/** An error: XML whatever format was asked for, so that a reader of JSON meets a text that is none. */
export function xmlFault(status: number, text: string): Answer {
  const code =
    status < 500 && status !== 429 ? 'SOAP-ENV:Client.authenticationError' : 'SOAP-ENV:Client.validationError';
  return {
    status,
    headers: { 'Content-Type': XML_TYPE, ...(status === 401 ? { 'WWW-Authenticate': 'Basic realm="Workday"' } : {}) },
    text:
      '<?xml version="1.0" encoding="UTF-8"?>' +
      '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><SOAP-ENV:Fault>' +
      `<faultcode>${code}</faultcode><faultstring>${escapeXml(text)}</faultstring>` +
      '</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>',
  };
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
