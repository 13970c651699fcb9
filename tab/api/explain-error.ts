import { TokenError } from '../host/token.ts';
import type { Texts } from '../i18n/en.ts';
import { ANSWER_LOST, ApiError } from './api-error.ts';

export type Explained = { title: string; text: string; reference: string | null };

/** What a person is told about a failure: a title, what to do, and the reference where the server gave one. */
export function explainError(error: unknown, t: Texts): Explained {
  if (error instanceof TokenError)
    return { title: t.errors.signInTitle, text: t.errors.signIn(error.detail), reference: null };
  if (!(error instanceof ApiError)) return { title: t.errors.brokenTitle, text: t.errors.broken, reference: null };
  const { reference } = error;
  switch (error.layer) {
    case 'unreachable':
      return error.code === ANSWER_LOST
        ? { title: t.errors.lostTitle, text: t.errors.lost, reference }
        : { title: t.errors.unreachableTitle, text: t.errors.unreachable, reference };
    case 'refused':
      return { title: t.errors.refusedTitle, text: error.userMessage ?? t.errors.broken, reference };
    case 'broken':
      return { title: t.errors.brokenTitle, text: error.userMessage ?? t.errors.broken, reference };
  }
}
