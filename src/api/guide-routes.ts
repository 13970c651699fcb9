import type { IncomingHttpHeaders } from 'node:http';
import type { Guide, GuideFile } from '../rollout/guide/guide.ts';
import type { Route, RouteAnswer, RouteRequest } from './route.ts';

export type GuideRouteOptions = {
  /** Who may show the guide in a frame, as sources of a `frame-ancestors` directive: Teams, and the sandbox's stand-in. */
  frameAncestors: readonly string[];
};

/** A changed note is seen within minutes, and a mail to everybody does not become a request to the store each. */
const PAGE_SECONDS = 300;
const ASSET_SECONDS = 86_400;

/** The header is text from anybody; a browser names a handful of languages. */
const LANGUAGES_LENGTH_MAX = 500;

/**
 * The routes of the enrolment guide, without sign-in: whoever reads it is not enrolled yet. Pages, pictures and style
 * sheet carry an ETag and answer 304; an address that leads nowhere answers 404 with a page that leads on. `/guide` and
 * everything under it belongs to these routes.
 */
export function guideRoutes(guide: Guide, options: GuideRouteOptions): Route[] {
  const common = commonHeaders(options.frameAncestors);
  const page: Route['handle'] = async (request) => {
    const { customerId = '', language = '', method = null } = request.params;
    const answer = await guide.page({ customerId, language, method, wanted: wantedLanguages(request.headers) });
    const headers = { ...common, Vary: 'Accept-Language' };
    if (answer.kind === 'elsewhere') {
      return { status: 302, headers: { ...headers, 'Cache-Control': 'no-store', Location: answer.path } };
    }
    return fileAnswer(request, answer, { ...headers, ...kept(PAGE_SECONDS, 'text/html; charset=utf-8') });
  };
  const picture: Route['handle'] = (request) => {
    const { language = '', name = '' } = request.params;
    const headers = { ...common, ...kept(ASSET_SECONDS, 'image/svg+xml') };
    return fileAnswer(request, guide.picture(language, name), headers);
  };
  const style: Route['handle'] = (request) => {
    return fileAnswer(request, guide.style(), { ...common, ...kept(ASSET_SECONDS, 'text/css; charset=utf-8') });
  };
  return [
    { method: 'GET', path: '/guide/style/:name', handle: style },
    { method: 'GET', path: '/guide/pictures/:language/:name', handle: picture },
    { method: 'GET', path: '/guide/:customerId', handle: page },
    { method: 'GET', path: '/guide/:customerId/:language', handle: page },
    { method: 'GET', path: '/guide/:customerId/:language/:method', handle: page },
    { method: 'GET', path: '/guide', handle: page },
    // Whatever else stands in an address names no page: the handler is given nothing of it.
    { method: 'GET', path: '/guide/*', handle: (request) => page({ ...request, params: {} }) },
  ];
}

function commonHeaders(frameAncestors: readonly string[]): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "img-src 'self'",
    "style-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors.length === 0 ? "'none'" : frameAncestors.join(' ')}`,
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    // The address names the customer's tenant, which is nobody's business on the page that is opened next.
    'Referrer-Policy': 'no-referrer',
    'X-Robots-Tag': 'noindex',
  };
}

function kept(seconds: number, type: string): Record<string, string> {
  return { 'Cache-Control': `public, max-age=${seconds}`, 'Content-Type': type };
}

function fileAnswer(request: RouteRequest, file: GuideFile, headers: Record<string, string>): RouteAnswer {
  if (!file.found) return { status: 404, headers: { ...headers, 'Cache-Control': 'no-store' }, body: file.text };
  const tagged = { ...headers, ETag: file.etag };
  if (isHeld(request.headers['if-none-match'], file.etag)) return { status: 304, headers: tagged };
  return { status: 200, headers: tagged, body: file.text };
}

/** A proxy that compresses weakens the tag; for a GET it is the same text still. */
function isHeld(ifNoneMatch: string | undefined, etag: string): boolean {
  const held = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return held.includes(etag) || held.includes('*');
}

/** The reader's languages by their weight, the most wanted first. */
function wantedLanguages(headers: IncomingHttpHeaders): string[] {
  return (headers['accept-language'] ?? '')
    .slice(0, LANGUAGES_LENGTH_MAX)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const weight = /^\s*q=([0-9.]+)\s*$/.exec(parameters.join(';'))?.[1];
      return { tag: tag.trim(), weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
}
