import { germanAnswer } from '../rollout/helpdesk/german-words.core.ts';
import { pageLanguage } from './plain-page.ts';
import type { Route, RouteAnswer } from './route.ts';

/** Ends the tag of a German answer, so that nobody who changes his language is told that he holds it already. */
const MARK = '-de"';

/**
 * The same route, which tells the product's own sentences in German to whoever asks for German first. What a digest is
 * bound to is kept and compared in English; only what is shown changes.
 */
export function inReadersLanguage(route: Route): Route {
  return {
    ...route,
    handle: async (request) => {
      if (pageLanguage(request.headers) !== 'de') return route.handle(request);
      const held = request.headers['if-none-match'];
      const tags = held?.split(',').flatMap((tag) => (tag.includes(MARK) ? [tag.replace(MARK, '"')] : []));
      const headers = { ...request.headers, 'if-none-match': tags?.join(',') };
      return tagged(inGermanWords(await route.handle({ ...request, headers })));
    },
  };
}

function tagged(answer: RouteAnswer): RouteAnswer {
  const etag = answer.headers?.ETag;
  if (etag === undefined) return answer;
  const vary = [answer.headers?.Vary, 'Accept-Language'].filter((name) => name !== undefined).join(', ');
  return { ...answer, headers: { ...answer.headers, ETag: etag.replace(/"$/, MARK), Vary: vary } };
}

function inGermanWords(answer: RouteAnswer): RouteAnswer {
  const { body } = answer;
  if (typeof body !== 'string' || !/^\s*[{[]/.test(body)) return answer;
  try {
    return { ...answer, body: JSON.stringify(germanAnswer(JSON.parse(body) as unknown)) };
  } catch (error) {
    // A page or a script that begins with a brace: it is sent as it came.
    if (error instanceof SyntaxError) return answer;
    throw error;
  }
}
