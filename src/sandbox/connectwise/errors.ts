import type { Answer } from '../http/exchange.ts';

/** One thing that is wrong with an object. */
export type Flaw = {
  code: 'MissingRequiredField' | 'InvalidField' | 'ObjectExists' | 'InvalidObject';
  message: string;
  field: string;
};

/** 400: everything that is wrong with an object, each with its field. */
export function invalidObject(resource: string, flaws: readonly Flaw[]): Answer {
  const errors = flaws.map(({ code, message, field }) => ({ code, message, resource, field }));
  return failure(400, { code: 'InvalidObject', message: `${resource} object is invalid`, errors });
}

/** 404 for a record. */
export function noRecord(name: string, id: string): Answer {
  return failure(404, { code: 'NotFound', message: `${name} ${id} not found` });
}

/** 404 for an address. */
export function noEndpoint(): Answer {
  return failure(404, { code: 'ConnectWiseApi', message: 'The endpoint does not exist.' });
}

/** An error in the API's form. */
export function failure(status: number, body: { code: string; message: string; errors?: unknown[] }): Answer {
  return { status, body };
}

/** 400 for a query that cannot be read. */
export function badQuery(message: string): Answer {
  return failure(400, { code: 'InvalidObject', message });
}
