import { createHash } from 'node:crypto';
import type { BodyCollector } from './http-types.ts';

type ToldBody = BodyCollector & {
  /** The digest of the bytes that came. */
  digest(): string;
};

/** Takes a body as another collector does, and names the bytes of it: equal names, equal bytes. Holds none of them. */
export function createToldBody(inner: BodyCollector): ToldBody {
  const hash = createHash('sha256');
  return {
    take(chunk) {
      hash.update(chunk);
      return inner.take(chunk);
    },
    done: () => inner.done(),
    digest: () => hash.copy().digest('base64url'),
  };
}

/** One name for all that a reading rests on; the parts are told apart, however they are made up. */
export function digestOfParts(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts), 'utf8').digest('base64url');
}
