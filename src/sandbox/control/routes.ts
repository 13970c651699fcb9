import type { ZodType } from 'zod';
import type { CwContext } from '../connectwise/context.ts';
import type { Answer, Call } from '../http/exchange.ts';
import type { Faults } from '../http/faults.ts';
import type { RequestLog } from '../http/requests.ts';
import { compileTemplate } from '../http/templates.ts';
import type { WorldHandle } from '../people.ts';
import type { Teams } from '../teams/teams.ts';
import type { Watch } from '../watch.ts';

export type ControlDeps = {
  token: string;
  world: WorldHandle;
  watch: Watch;
  teams: Teams;
  log: RequestLog;
  faults: Faults;
  urls(): Record<string, string>;
  /** The PSA, for something that this person does at the site. */
  connectWise(by: string): CwContext;
  offsetMs(): number;
  setOffset(offsetMs: number): void;
};

type Handler = (deps: ControlDeps, call: Call, values: Record<string, string>) => Answer | Promise<Answer>;

/** A place of the control interface. */
export type ControlRoute = { method: string; template: ReturnType<typeof compileTemplate>; handle: Handler };

export function route(method: string, template: string, handle: Handler): ControlRoute {
  return { method, template: compileTemplate(template), handle };
}

/** 200 with a body. */
export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** Acts and answers 204. */
export function done(act: () => void): Answer {
  act();
  return { status: 204 };
}

/** Reads the body by a schema and acts on it; what does not fit is refused with where and why. */
export function withBody<T>(call: Call, schema: ZodType<T>, act: (value: T) => void): Answer {
  act(readBody(call, schema));
  return { status: 204 };
}

/** The body by a schema; throws, which the control interface answers with 400, when it does not fit. */
export function readBody<T>(call: Call, schema: ZodType<T>): T {
  return schema.parse(JSON.parse(call.body === '' ? 'null' : call.body) as unknown);
}

/** The same object without the keys whose value is undefined, as exact optional properties want it. */
export function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
