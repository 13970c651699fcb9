import type { z } from 'zod';
import { VendorBrokenError, type VendorCall } from '../lib/errors.ts';

/** Checks a value of an answer; what does not fit is a VendorBrokenError that names the property, never the value. */
export function parsedAnswer<S extends z.ZodType>(schema: S, value: unknown, call: VendorCall): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const property = issue === undefined || issue.path.length === 0 ? 'the whole' : issue.path.map(String).join('.');
  throw new VendorBrokenError(call, `the answer does not fit at ${property}`, { facts: { property } });
}
