import type { Call } from '../http/exchange.ts';
import type { SandboxEvent } from '../state/events.ts';
import type { Notice } from './callbacks.ts';
import type { Listing } from './listing.ts';
import type { ConnectWiseState, CwKind, CwRecord } from './state.ts';

/** One authorised call, or something that happens at the site by itself. */
export type CwContext = {
  state: ConnectWiseState;
  now: number;
  /** The site's own address on loopback. */
  url: string;
  /** Who does it: `_info.updatedBy`. */
  by: string;
  record(event: SandboxEvent): void;
  /** Tells the callbacks about a change. */
  tell(notice: Notice): void;
};

export type CwCall = CwContext & { call: Call; values: Record<string, string>; json: unknown };

/** An instant as the API writes it: whole seconds in UTC. */
export function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** The address of a place of the API at this site. */
export function hrefOf(context: Pick<CwContext, 'url' | 'state'>, path: string): string {
  return `${context.url}/${context.state.options.codebase}/apis/3.0${path}`;
}

/** `_info` of a record after a change; the first one also says when and by whom it was made. */
export function infoOf(context: CwContext, before: CwRecord | null, links: Record<string, string> = {}) {
  const known = (before?._info ?? {}) as Record<string, string>;
  return {
    lastUpdated: instant(context.now),
    updatedBy: context.by,
    dateEntered: known.dateEntered ?? instant(context.now),
    enteredBy: known.enteredBy ?? context.by,
    ...links,
  };
}

/** Keeps records that belong together in one event and tells the callbacks about the first of them. */
export function keep(
  context: CwContext,
  records: { kind: CwKind; record: CwRecord }[],
  notice: Omit<Notice, 'record'> | null,
): void {
  context.record({ type: 'connectwise.put', records });
  const [first] = records;
  if (first !== undefined && notice !== null) context.tell({ ...notice, record: first.record });
}

/** How a list of a call is to be read. */
export function listingOf(context: CwCall, fields: ReadonlySet<string>): Listing {
  return { call: context.call, options: context.state.options, url: context.url, fields };
}
