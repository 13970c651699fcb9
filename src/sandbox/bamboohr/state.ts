/* What lasts of a company's account at BambooHR beside its people: stored shapes. */

/** One consent. `serial` counts the refresh tokens issued for it: only the last is good. */
export type OAuthGrant = { id: string; scopes: string[]; serial: number; revoked: boolean };

/** The older family of events, which a webhook has that names none. */
export const OLD_EVENTS = [
  'employee_with_fields.created',
  'employee_with_fields.updated',
  'employee_with_fields.deleted',
] as const;
export const NEW_EVENTS = ['employee.created', 'employee.updated', 'employee.deleted'] as const;

/** A webhook as it is kept; `lastSent` is not: it follows from no event. */
export type BambooWebhook = {
  id: string;
  name: string;
  url: string;
  privateKey: string;
  created: string;
  events: (typeof OLD_EVENTS | typeof NEW_EVENTS)[number][];
  /** Aliases of the fields whose change counts. */
  monitorFields: string[];
};

/** A delivery that was not taken yet: `attempt` counts those that failed, `due` is when the next one comes. */
export type WebhookParcel = {
  id: string;
  url: string;
  body: string;
  headers: Record<string, string>;
  attempt: number;
  due: number;
};
