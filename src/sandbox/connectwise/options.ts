/** Behaviours of the PSA on which documents are silent or that differ from site to site. */
export type ConnectWiseOptions = {
  /** Requests that the site takes in a minute; null: no limit. */
  requestsPerMinute: number | null;
  /** The code base of the day; addresses with another one end, except those with `v4_6_release`. */
  codebase: string;
  /** What a wrong company or key is answered with: 401, or 404 as some say of the cloud. */
  wrongKeyStatus: 401 | 404;
  /** Whether every list can be read forward-only; where it cannot, the header is ignored, or refused. */
  forwardOnly: boolean | 'refused';
  /** Whether a patch of an object with custom fields must name them. */
  customFieldsInPatch: boolean;
  /** How often each callback is delivered. */
  deliveries: 'once' | 'twice' | 'never';
};

export const DEFAULT_CONNECTWISE_OPTIONS: ConnectWiseOptions = {
  requestsPerMinute: 1000,
  codebase: 'v2025_1',
  wrongKeyStatus: 401,
  forwardOnly: true,
  customFieldsInPatch: false,
  deliveries: 'once',
};
