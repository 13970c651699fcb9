import { randomUUID } from 'node:crypto';
import type { Answer, Bend, Call } from '../http/exchange.ts';
import type { SandboxEvent } from '../state/events.ts';
import type { CompanyState } from '../state/state.ts';

/** One authorised call to a company's account. */
export type BambooContext = {
  company: CompanyState;
  call: Call;
  values: Record<string, string>;
  /** The body as JSON; undefined when it is none. */
  json: unknown;
  bend: Bend;
  now: number;
  /** What the caller proved itself with. */
  by: 'key' | 'oauth';
  record(event: SandboxEvent): void;
};

/** An error of the newer endpoints: RFC 7807. */
export function problem(
  context: Pick<BambooContext, 'call'>,
  given: { status: number; code: string; detail: string; fields?: Record<string, string> },
): Answer {
  return {
    status: given.status,
    headers: { 'Content-Type': 'application/problem+json' },
    body: {
      type: `https://documentation.bamboohr.com/docs/errors#${given.code.toLowerCase()}`,
      title: TITLES[given.status] ?? 'Error',
      status: given.status,
      detail: given.detail,
      instance: `${context.call.path}#${randomUUID()}`,
      code: given.code,
      ...(given.fields === undefined ? {} : { fields: given.fields }),
    },
  };
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  422: 'Unprocessable Entity',
};

/** An error of the older endpoints: the reason stands in a header, the body is empty. */
export function headerError(status: number, reason: string): Answer {
  return { status, headers: { 'X-BambooHR-Error-Message': reason } };
}
