import type { Answer, Finding } from './answer.core.ts';
import type { SignIn } from './sign-in.core.ts';
import type { CompiledTenant } from './tenant.core.ts';

/**
 * One plain sentence that says why MFA is or is not required: it names the policies and the condition that decided.
 */
export type Explained = {
  readonly findings: readonly Finding[];
  readonly mfaRequired: Answer;
  readonly blocked: Answer;
  readonly facts: SignIn;
  readonly tenant: CompiledTenant;
};

const LEGACY_CLIENTS: ReadonlySet<string> = new Set(['exchangeactivesync', 'eassupported', 'other']);

/** Writes the sentence. */
export function explain(explained: Explained): string {
  const blocking = select(
    explained,
    (finding) => finding.outcome === 'yes' && finding.policy.grant.requirement === 'block',
  );
  const blocked = blocking.length > 0 ? `The sign-in is blocked by ${names(blocking)}; ` : '';
  const rest = sentence(explained);
  return blocked === '' ? rest : `${blocked}${rest.charAt(0).toLowerCase()}${rest.slice(1)}`.replace('; mFA', '; MFA');
}

function sentence(explained: Explained): string {
  switch (explained.mfaRequired) {
    case 'yes':
      return required(explained);
    case 'partial': {
      const open = select(explained, (finding) => finding.outcome === 'conditional' && asksForMfa(finding));
      return `MFA is required in some cases only: ${reasoned(open)}.`;
    }
    case 'unknown':
      return `Whether MFA is required cannot be told: ${reasoned(select(explained, isDoubtful))}.`;
    case 'no':
      return notRequired(explained);
  }
}

function required(explained: Explained): string {
  const asking = select(explained, (finding) => finding.outcome === 'yes' && asksForMfa(finding));
  const legacy = LEGACY_CLIENTS.has(explained.facts.clientAppType?.toLowerCase() ?? '');
  const consequence = legacy ? ', which this client cannot answer, so the sign-in fails' : '';
  return `MFA is required${consequence}: ${reasoned(asking)}.`;
}

function notRequired(explained: Explained): string {
  const { findings, tenant } = explained;
  const notes: string[] = [];
  const applying = findings.filter((finding) => finding.outcome === 'yes');
  const alternative = applying.filter(
    (finding) => finding.policy.isEnforced && finding.policy.grant.requirement === 'alternative',
  );
  const [way] = alternative;
  if (way !== undefined) {
    notes.push(`${names(alternative)} accepts ${way.policy.grant.others.join(' or ')} instead of MFA`);
  }
  const reportOnly = applying.filter((finding) => !finding.policy.isEnforced && asksForMfa(finding));
  if (reportOnly.length > 0) notes.push(`${names(reportOnly)} would require it but only reports`);
  const missed = select(explained, (finding) => finding.outcome === 'no' && asksForMfa(finding));
  if (notes.length === 0 && missed.length > 0) notes.push(reasoned(missed));
  if (notes.length === 0) notes.push('no enabled policy requires it');
  if (tenant.securityDefaultsOn === true) notes.push('Security Defaults are on and ask by rules of their own');
  // An enabled policy proves them off where they were not read.
  const isOpen = tenant.securityDefaultsOn === null && !findings.some(({ policy }) => policy.state === 'enabled');
  if (isOpen) notes.push('whether Security Defaults are on and ask was not read');
  return `MFA is not required by Conditional Access: ${notes.join('; ')}.`;
}

function select({ findings }: Explained, wanted: (finding: Finding) => boolean): readonly Finding[] {
  return findings.filter((finding) => finding.policy.isEnforced && wanted(finding));
}

function asksForMfa({ policy }: Finding): boolean {
  return policy.grant.requirement === 'mfa';
}

function isDoubtful({ policy, outcome }: Finding): boolean {
  if (policy.grant.requirement === 'mfa') return outcome === 'unknown';
  return outcome !== 'no' && (policy.grant.requirement === 'unknown' || policy.grant.requirement === 'thirdParty');
}

const NAMES_SHOWN = 3;

function names(findings: readonly Finding[]): string {
  const shown = findings.slice(0, NAMES_SHOWN).map(({ policy }) => `"${policy.name}"`);
  const more = findings.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(' and ');
}

function reasoned(findings: readonly Finding[]): string {
  const shown = findings.slice(0, NAMES_SHOWN).map((finding) => `"${finding.policy.name}" (${facts(finding)})`);
  const more = findings.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(' and ');
}

function facts({ policy, outcome, reasons }: Finding): string {
  const { requirement } = policy.grant;
  if (outcome === 'yes' && requirement === 'thirdParty')
    return 'hands over to a third party, whose second factor Entra does not show';
  if (outcome === 'yes' && requirement === 'unknown') return 'whether its controls require MFA cannot be told';
  return reasons.length > 0 ? reasons.join(', ') : 'applies';
}
