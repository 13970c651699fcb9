import { createHash } from 'node:crypto';

/** What the administrator of a Workday tenant hands over: where the report is and who may run it. */
export type WorkdayCredentials = {
  tenant: string;
  /** The report's owner, a Workday user: it stands in the report's address. */
  owner: string;
  report: string;
  /** The integration system user. */
  userName: string;
  password: string;
};

const PASSWORD_CHARACTERS = 32;

/**
 * The Workday tenant of a company. It follows from the company's BambooHR account, so that every world has both and
 * both show the same people.
 */
export function workdayCredentials(company: { domain: string; apiKey: string }): WorkdayCredentials {
  const digest = createHash('sha256').update(`workday ${company.domain} ${company.apiKey}`).digest('base64url');
  return {
    tenant: company.domain.replaceAll('-', '_'),
    owner: 'hr.reports',
    report: 'MFA_Rollout_Workers',
    userName: 'ISU_MFA_Rollout',
    password: digest.slice(0, PASSWORD_CHARACTERS),
  };
}
