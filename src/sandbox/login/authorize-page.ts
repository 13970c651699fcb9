import { createHash } from 'node:crypto';
import type { Answer } from '../http/exchange.ts';
import { type SandboxState, type TenantState, textOf } from '../state/state.ts';
import { engineerOf, type Persona, type PersonaRole } from '../teams/personas.ts';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 "Segoe UI", system-ui, sans-serif; }
body { margin: 0; background: #f3f2f1; color: #242424; }
main { max-width: 46rem; margin: 4vh auto; padding: 2rem; background: #fff; border-radius: 12px; box-shadow: 0 2px 12px #0002; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
p { margin: .25rem 0 .75rem; } .quiet { color: #616161; font-size: .875rem; }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
button, input { font: inherit; border-radius: 6px; }
.person { display: grid; grid-template-columns: 1fr auto; gap: .1rem 1rem; width: 100%; text-align: start; padding: .7rem 1rem; border: 1px solid #d1d1d1; background: #fff; color: inherit; cursor: pointer; }
.person:hover { border-color: #5b5fc7; background: #f5f5fd; } .person b { font-weight: 600; }
.person span { grid-column: 1; } .person .go { grid-row: 1 / span 2; grid-column: 2; align-self: center; color: #5b5fc7; font-weight: 600; }
:focus-visible { outline: 3px solid #5b5fc7; outline-offset: 2px; }
form.by-hand { display: grid; grid-template-columns: 1fr 1fr auto; gap: .75rem; align-items: end; }
label { display: grid; gap: .25rem; font-size: .875rem; } input { padding: .5rem .6rem; border: 1px solid #8a8886; background: inherit; color: inherit; min-width: 0; }
.main { padding: .55rem 1.2rem; border: 0; background: #5b5fc7; color: #fff; cursor: pointer; }
[role=alert] { background: #fde7e9; color: #750b1c; padding: .6rem .9rem; border-radius: 6px; }
@media (max-width: 34rem) { main { margin: 0; border-radius: 0; padding: 1.25rem; } form.by-hand { grid-template-columns: 1fr; } .person { grid-template-columns: 1fr; } .person .go { grid-row: auto; grid-column: 1; } }
@media (prefers-color-scheme: dark) { body { background: #1f1f1f; color: #fff; } main, .person { background: #292929; } .person { border-color: #666; } .person:hover { background: #333; } .quiet { color: #c8c8c8; } .go { color: #a6a7f5 !important; } }
`;

const PARTS: Readonly<Record<PersonaRole, string>> = {
  engineer: 'Engineer of the service provider: sets up, reviews the policy draft, approves phases',
  approver: 'The customer’s approver: signs the exceptions, gives the second approval',
  helpdesk: 'Helpdesk of the customer: sees who is stuck and why',
  manager: 'Manager: sees who of the own team is not enrolled yet',
  user: 'Employee who has not enrolled yet: asks what to do',
};

/** The page on which somebody says who they are: the made-up people with one button each, and a form for any other. */
export function signInPage(
  state: SandboxState,
  given: { tenant: TenantState | null; redirectUri: string; problem: string | null },
): Answer {
  const sections = peopleOf(state, given.tenant)
    .map(({ title, people }) => `<h2>${escapeHtml(title)}</h2><ul>${people.map(personItem).join('')}</ul>`)
    .join('');
  const problem = given.problem === null ? '' : `<p role="alert">${escapeHtml(given.problem)}</p>`;
  const text = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Sign in</title><style>${STYLE}</style></head><body><main>
<h1>Sign in</h1><p class="quiet">Everybody here is made up, and so are the passwords. Choosing a person signs in with the name and password shown.</p>
${problem}${sections}
<h2>Somebody else</h2><form class="by-hand" method="post"><label>User name<input name="username" autocomplete="username" required></label><label>Password<input name="password" type="password" autocomplete="current-password" required></label><button class="main">Sign in</button></form>
</main></body></html>`;
  return { status: given.problem === null ? 200 : 401, headers: headersOf(given.redirectUri), text };
}

/** The browser follows the redirect after the form, which is why the application's address stands in `form-action`. */
function headersOf(redirectUri: string): Record<string, string> {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const origin = new URL(redirectUri).origin;
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self' ${origin}; frame-ancestors 'none'; base-uri 'none'`,
  };
}

type Listed = { persona: Persona; part: string };

function peopleOf(state: SandboxState, tenant: TenantState | null): { title: string; people: Listed[] }[] {
  const wanted = (tenantId: string) => tenant === null || tenant.tenant.tenantId === tenantId;
  const { provider, customers } = state.cast;
  const groups: { title: string; people: Listed[] }[] = [];
  if (wanted(provider.tenantId)) {
    groups.push({ title: provider.name, people: [{ persona: engineerOf(state.world), part: PARTS.engineer }] });
  }
  for (const { tenantId, personas } of customers) {
    if (personas === null || !wanted(tenantId)) continue;
    const { approver, helpdesk, manager, user } = personas;
    const people = Object.entries({ approver, helpdesk, manager, user }).map(([role, persona]) => ({
      persona,
      part: PARTS[role as PersonaRole],
    }));
    groups.push({ title: nameOf(state, tenantId), people });
  }
  return groups;
}

function nameOf(state: SandboxState, tenantId: string): string {
  const tenant = state.tenants.get(tenantId)?.tenant;
  return tenant === undefined ? tenantId : textOf(tenant.organization, 'displayName') || tenant.initialDomain;
}

function personItem({ persona, part }: Listed): string {
  const name = escapeHtml(persona.displayName);
  const field = (key: string, value: string) => `<input type="hidden" name="${key}" value="${escapeHtml(value)}">`;
  const fields = field('username', persona.userPrincipalName) + field('password', persona.password);
  const credentials = `${escapeHtml(persona.userPrincipalName)} · password ${escapeHtml(persona.password)}`;
  return `<li><form method="post">${fields}<button class="person"><b>${name}</b><span class="go">Sign in</span><span>${escapeHtml(part)}</span><span class="quiet">${credentials}</span></button></form></li>`;
}

/** Text as it may stand in a page. */
export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (sign) => names[sign] ?? '');
}
