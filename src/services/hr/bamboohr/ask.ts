import type { VendorCall } from '../../../lib/errors.ts';
import type { BodyCollector, HttpAnswer } from '../../http-types.ts';
import type { BambooCallName } from './calls.ts';

/** One request to BambooHR. */
export type BambooAsk = {
  ids?: Record<string, string>;
  query?: Record<string, string>;
  body?: object;
  /** Takes an answer that is too long to be held. */
  collect?: () => BodyCollector;
  signal?: AbortSignal | undefined;
};

/** Makes one request and gives its success, with the facts for an error about it. */
export type BambooSend = (name: BambooCallName, ask: BambooAsk) => Promise<{ answer: HttpAnswer; facts: VendorCall }>;
