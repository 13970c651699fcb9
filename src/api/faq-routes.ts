import { digestOf } from '../lib/digest.ts';
import type { Faq } from '../rollout/helpdesk/faq/faq.ts';
import type { Language } from '../rollout/helpdesk/faq/faq-types.core.ts';
import { faqPage } from '../rollout/helpdesk/faq-page.core.ts';
import type { Route } from './route.ts';

const PAGE_SECONDS = 300;
const TENANT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const LANGUAGES: readonly Language[] = ['en', 'de'];

/**
 * The FAQ's page behind the channel's tab, without sign-in. An address that is none leads to the guide, which leads on;
 * whether somebody is a customer is not told. The page carries an ETag and answers 304.
 */
export function faqRoutes(faq: Pick<Faq, 'topic' | 'topics'>, options: { frameAncestors: readonly string[] }): Route[] {
  const common = headersOf(options.frameAncestors);
  const page: Route['handle'] = ({ params, headers }) => {
    const language = LANGUAGES.find((known) => known === params.language);
    const customerId = (params.customerId ?? '').toLowerCase();
    if (language === undefined || !TENANT_ID.test(customerId)) {
      return { status: 302, headers: { ...common, 'Cache-Control': 'no-store', Location: '/guide' } };
    }
    const body = faqPage({ customerId, language, topics: faq.topics.map((id) => faq.topic(id, language)) });
    const etag = `"${digestOf(body).slice(-32)}"`;
    const kept = { ...common, 'Cache-Control': `public, max-age=${PAGE_SECONDS}`, ETag: etag };
    const held = (headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    if (held.includes(etag)) return { status: 304, headers: kept };
    return { status: 200, headers: { ...kept, 'Content-Type': 'text/html; charset=utf-8' }, body };
  };
  return [{ method: 'GET', path: '/faq/:customerId/:language', handle: page }];
}

function headersOf(frameAncestors: readonly string[]): Record<string, string> {
  const ancestors = frameAncestors.length === 0 ? "'none'" : frameAncestors.join(' ');
  const policy = `default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${ancestors}`;
  return {
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'X-Robots-Tag': 'noindex',
  };
}
