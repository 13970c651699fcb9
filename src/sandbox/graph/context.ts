import type { Clock } from '../../lib/clock.ts';
import type { Answer, Bend, Call } from '../http/exchange.ts';
import type { QueryOptions } from '../odata/options.ts';
import type { SandboxEvent } from '../state/events.ts';
import type { SandboxState, TenantState } from '../state/state.ts';

export type GraphVersion = 'v1.0' | 'beta';

/** What the handlers of the simulated Graph work with. */
export type GraphDeps = {
  state: SandboxState;
  clock: Clock;
  graphUrl: () => string;
  /** Keeps what happens and applies it; throws, and keeps nothing, when it names nothing. */
  record(event: SandboxEvent): void;
  /** Whether an address gives back the token that it is asked for. */
  notices: { answers(url: string): Promise<boolean> };
};

/** One authorised call: whose tenant, with which rights, to what. */
export type GraphContext = {
  deps: GraphDeps;
  tenant: TenantState;
  appId: string;
  roles: ReadonlySet<string>;
  version: GraphVersion;
  call: Call;
  /** Path template without the version, and what its braces took. */
  template: string;
  values: Record<string, string>;
  options: QueryOptions;
  bend: Bend;
  now: number;
};

/** Classes of throttling; the figures stand in `throttling.ts`. */
export type ThrottleClass =
  | 'conditionalAccess'
  | 'logsAndReports'
  | 'directory'
  | 'outlook'
  | 'teams'
  | 'teamsMessages'
  | 'userMethods'
  | 'securityDefaults'
  | 'subscriptions';

export type GraphRoute = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  template: string;
  versions: GraphVersion[];
  /** Application permissions of which one is enough, least first; empty: any valid token. */
  permissions: string[];
  /** Application permissions that are all needed besides. */
  alsoNeeds?: string[];
  throttle: ThrottleClass;
  /** Resource units of a call before its modifiers, for the directory class. */
  units?: number;
  handle(context: GraphContext): Answer | Promise<Answer>;
};

/** Whether the call asked for the advanced query capabilities of directory objects. */
export function isEventual(context: GraphContext): boolean {
  const value = context.call.headers.consistencylevel;
  return typeof value === 'string' && value.toLowerCase() === 'eventual';
}

/** The address of the metadata that every answer names. */
export function contextUrl(context: GraphContext, fragment: string): string {
  return `${context.deps.graphUrl()}/${context.version}/$metadata#${fragment}`;
}
