/** Where a call to our server failed: it was not reached, it refused, or its answer was not the agreed one. */
export type ApiLayer = 'unreachable' | 'refused' | 'broken';

/** The code of a press whose answer did not come. */
export const ANSWER_LOST = 'answerLost';

type Facts = {
  layer: ApiLayer;
  /** HTTP status; 0 when there was no answer. */
  status: number;
  code: string;
  /** The server's own sentence for the person, where it gave one. */
  userMessage?: string | null;
  /** The number under which the server's log has the call. */
  reference?: string | null;
};

/** Thrown by every call of the API client. */
export class ApiError extends Error {
  readonly layer: ApiLayer;
  readonly status: number;
  readonly code: string;
  readonly userMessage: string | null;
  readonly reference: string | null;

  constructor(facts: Facts) {
    super(`${facts.layer}: ${facts.code} (${facts.status})`);
    this.name = 'ApiError';
    this.layer = facts.layer;
    this.status = facts.status;
    this.code = facts.code;
    this.userMessage = facts.userMessage ?? null;
    this.reference = facts.reference ?? null;
  }
}
