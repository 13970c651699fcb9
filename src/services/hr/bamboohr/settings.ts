import type { KeptSecret } from '../../kept-secret.ts';

/** A connection that somebody at the company consented to, for an application registered with BambooHR. */
export type BambooOAuth = {
  kind: 'oauth';
  clientId: string;
  clientSecret: string;
  /** BambooHR may issue another with each use. */
  refreshToken: KeptSecret;
  /** The company's own address, where consent is asked for and tokens are issued: never a gateway's. */
  loginUrl: string;
};

export type BambooSettings = {
  /** `https://{company}.bamboohr.com`, or any address that serves BambooHR's API. */
  baseUrl: string;
  company: string;
  access: { kind: 'apiKey'; apiKey: string } | BambooOAuth;
  /**
   * `company`: `/api/v1/…` on the company's own host. `gateway`: `/api/gateway.php/{company}/v1/…`, where one host
   * serves all companies. Taken from the base URL when absent.
   */
  route?: 'company' | 'gateway';
  /** How people are read: the custom report shows every status; the dataset query is its successor. */
  readBy?: 'customReport' | 'dataset';
  datasetName?: string;
  /** Which field other systems know the employee by. */
  employeeIdField?: 'employeeNumber' | 'id';
  /** Employment statuses that mean leave, in the company's own words, compared without regard to case. */
  leaveStatuses?: readonly string[];
  /** An approved absence of more days than this is leave; a shorter one is a holiday. */
  leaveDaysMin?: number;
  /** The company's time zone: decides what day it is. */
  timeZone?: string;
};

/** The settings with every default filled in. */
export type BambooRules = Required<Pick<BambooSettings, 'employeeIdField' | 'leaveStatuses' | 'leaveDaysMin'>>;

const DEFAULT_RULES: BambooRules = {
  employeeIdField: 'employeeNumber',
  leaveStatuses: [
    'Leave',
    'On Leave',
    'Leave of Absence',
    'Medical Leave',
    'Maternity Leave',
    'Paternity Leave',
    'Parental Leave',
    'Sabbatical',
    'Furlough',
    'Furloughed',
  ],
  leaveDaysMin: 14,
};

/** The rules by which this customer's rows are read. */
export function rulesOf(settings: BambooSettings): BambooRules {
  return {
    employeeIdField: settings.employeeIdField ?? DEFAULT_RULES.employeeIdField,
    leaveStatuses: settings.leaveStatuses ?? DEFAULT_RULES.leaveStatuses,
    leaveDaysMin: settings.leaveDaysMin ?? DEFAULT_RULES.leaveDaysMin,
  };
}
