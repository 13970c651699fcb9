import { createHash } from 'node:crypto';
import type { Answer } from '../http/exchange.ts';
import type { Persona } from '../teams/personas.ts';
import { escapeHtml } from './authorize-page.ts';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 "Segoe UI", system-ui, sans-serif; }
body { margin: 0; background: Canvas; color: CanvasText; } main { max-width: 36rem; margin: 6vh auto; padding: 1.5rem; }
h1 { font-size: 1.4rem; } form { display: flex; gap: .75rem; align-items: center; margin: .5rem 0; }
button { font: inherit; padding: .5rem 1rem; } [role=alert] { border: 2px solid #c50f1f; padding: .5rem .75rem; }
`;

type ConsentView = {
  app: string;
  permissions: readonly string[];
  /** Null where the application asked whatever tenant the administrator is of. */
  tenant: string | null;
  administrators: readonly Persona[];
  /** Where the browser goes afterwards. */
  origin: string;
  problem: string | null;
};

/** The page that asks an administrator: what the application wants, and one button for each who may say yes. */
export function consentPage(view: ConsentView): Answer {
  const permissions = view.permissions.map((name) => `<li><code>${escapeHtml(name)}</code></li>`).join('');
  const problem = view.problem === null ? '' : `<p role="alert">${escapeHtml(view.problem)}</p>`;
  const hash = createHash('sha256').update(STYLE).digest('base64');
  return {
    status: view.problem === null ? 200 : 403,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self' ${view.origin}; frame-ancestors 'none'; base-uri 'none'`,
    },
    text: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Permissions requested</title><style>${STYLE}</style></head><body><main>
<h1>${escapeHtml(view.app)} asks for permissions</h1><p>${view.tenant === null ? 'In the tenant of the administrator who accepts' : `In ${escapeHtml(view.tenant)}`}, for the whole organisation:</p><ul>${permissions}</ul>
${problem}<p>Everybody here is made up. Choosing an administrator signs in and accepts.</p>${view.administrators.map(acceptForm).join('')}
<form method="post"><button name="answer" value="cancel">Cancel</button></form></main></body></html>`,
  };
}

function acceptForm({ displayName, userPrincipalName, password }: Persona): string {
  const field = (name: string, value: string) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;
  return `<form method="post">${field('username', userPrincipalName)}${field('password', password)}<button name="answer" value="accept">Accept as ${escapeHtml(displayName)}</button></form>`;
}
