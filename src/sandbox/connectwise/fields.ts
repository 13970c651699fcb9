import type { GraphObject } from '../world/world.ts';
import type { Flaw } from './errors.ts';

/** Where a reference leads. */
export type Target =
  | 'board'
  | 'status'
  | 'projectStatus'
  | 'phaseStatus'
  | 'company'
  | 'contact'
  | 'member'
  | 'priority'
  | 'source'
  | 'project'
  | 'phase';

type Rule =
  | { type: 'text'; max?: number; required?: true }
  | { type: 'number' | 'flag' | 'date' | 'list'; required?: true }
  | { type: 'choice'; of: readonly string[]; required?: true }
  | { type: 'reference'; to: Target; required?: true }
  /** Set by the server: what a caller sends is ignored. */
  | { type: 'own' };

export type FieldTable = Readonly<Record<string, Rule>>;

const text = (max?: number): Rule => (max === undefined ? { type: 'text' } : { type: 'text', max });
const reference = (to: Target): Rule => ({ type: 'reference', to });
const flag: Rule = { type: 'flag' };
const date: Rule = { type: 'date' };
const number: Rule = { type: 'number' };
const own: Rule = { type: 'own' };
const LEVELS = ['Low', 'Medium', 'High'];
const BILLING = ['ActualRates', 'FixedFee', 'NotToExceed', 'OverrideRate'];

const COMMON_TICKET_FIELDS: FieldTable = {
  id: own,
  summary: { type: 'text', max: 100, required: true },
  recordType: own,
  board: reference('board'),
  status: reference('status'),
  company: reference('company'),
  contact: reference('contact'),
  contactName: text(62),
  contactPhoneNumber: text(20),
  contactEmailAddress: text(250),
  owner: reference('member'),
  priority: reference('priority'),
  source: reference('source'),
  requiredDate: date,
  budgetHours: number,
  allowAllClientsPortalView: flag,
  customerUpdatedFlag: flag,
  automaticEmailContactFlag: flag,
  automaticEmailResourceFlag: flag,
  automaticEmailCcFlag: flag,
  automaticEmailCc: text(1000),
  closedFlag: own,
  closedDate: own,
  closedBy: own,
  customFields: { type: 'list' },
  _info: own,
};

export const TICKET_FIELDS: FieldTable = {
  ...COMMON_TICKET_FIELDS,
  severity: { type: 'choice', of: LEVELS },
  impact: { type: 'choice', of: LEVELS },
  externalXRef: text(100),
  poNumber: text(50),
  parentTicketId: number,
};

/** A ticket of a project has fewer fields, and a place in the project's structure. */
export const PROJECT_TICKET_FIELDS: FieldTable = {
  ...COMMON_TICKET_FIELDS,
  project: reference('project'),
  phase: reference('phase'),
  wbsCode: text(50),
};

export const NOTE_FIELDS: FieldTable = {
  id: own,
  ticketId: own,
  projectId: own,
  text: { type: 'text', required: true },
  detailDescriptionFlag: flag,
  internalAnalysisFlag: flag,
  resolutionFlag: flag,
  customerUpdatedFlag: flag,
  processNotifications: flag,
  internalFlag: flag,
  externalFlag: flag,
  member: reference('member'),
  contact: reference('contact'),
  dateCreated: own,
  createdBy: own,
  _info: own,
};

export const PROJECT_FIELDS: FieldTable = {
  id: own,
  name: { type: 'text', max: 100, required: true },
  board: { type: 'reference', to: 'board', required: true },
  company: { type: 'reference', to: 'company', required: true },
  contact: reference('contact'),
  status: reference('projectStatus'),
  billingMethod: { type: 'choice', of: BILLING, required: true },
  estimatedStart: { type: 'date', required: true },
  estimatedEnd: { type: 'date', required: true },
  actualStart: date,
  actualEnd: date,
  description: text(),
  manager: reference('member'),
  percentComplete: number,
  estimatedHours: number,
  budgetHours: number,
  customerPO: text(50),
  closedFlag: own,
  customFields: { type: 'list' },
  _info: own,
};

export const PHASE_FIELDS: FieldTable = {
  id: own,
  projectId: own,
  description: { type: 'text', max: 100, required: true },
  board: reference('board'),
  status: reference('phaseStatus'),
  wbsCode: text(50),
  notes: text(),
  markAsMilestoneFlag: flag,
  scheduledStart: date,
  scheduledEnd: date,
  deadlineDate: date,
  actualStart: date,
  actualEnd: date,
  scheduledHours: number,
  budgetHours: number,
  customFields: { type: 'list' },
  _info: own,
};

export const CALLBACK_FIELDS: FieldTable = {
  id: own,
  description: text(100),
  url: { type: 'text', required: true },
  objectId: number,
  type: { type: 'text', required: true },
  level: { type: 'text', required: true },
  memberId: own,
  payloadVersion: text(),
  inactiveFlag: flag,
  isSoapCallbackFlag: own,
  isSelfSuppressedFlag: flag,
  connectWiseID: own,
  _info: own,
};

/** Names that a list of this table can be searched by; the dates of `_info` can stand without it. */
export function searchNames(table: FieldTable): ReadonlySet<string> {
  return new Set([...Object.keys(table), 'lastUpdated', 'updatedBy', 'dateEntered', 'enteredBy']);
}

/** The values of an object as sent: unknown and own fields are left out; says what is wrong with the others. */
export function readFields(table: FieldTable, sent: GraphObject): { values: GraphObject; flaws: Flaw[] } {
  const values: GraphObject = {};
  const flaws: Flaw[] = [];
  for (const [name, rule] of Object.entries(table)) {
    if (rule.type === 'own') continue;
    const value = sent[name] ?? null;
    if (value === null || value === '') {
      if (rule.required === true) {
        flaws.push({ code: 'MissingRequiredField', message: `The ${name} field is required.`, field: name });
      }
      continue;
    }
    const problem = problemOf(name, rule, value);
    if (problem === null) values[name] = value;
    else flaws.push({ code: 'InvalidField', message: problem, field: name });
  }
  return { values, flaws };
}

function problemOf(name: string, rule: Exclude<Rule, { type: 'own' }>, value: unknown): string | null {
  if (rule.type === 'text') return textProblem(name, rule.max, value);
  return isOf(rule, value) ? null : `The field ${name} must be ${wordFor(rule)}.`;
}

function textProblem(name: string, max: number | undefined, value: unknown): string | null {
  if (typeof value !== 'string') return `The field ${name} must be a string.`;
  return max !== undefined && value.length > max
    ? `The field ${name} must be a string with a maximum length of ${max}.`
    : null;
}

type Other = Exclude<Rule, { type: 'own' | 'text' }>;

function isOf(rule: Other, value: unknown): boolean {
  switch (rule.type) {
    case 'number':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
    case 'date':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(value);
    case 'list':
      return Array.isArray(value);
    case 'choice':
      return rule.of.includes(String(value));
    case 'reference':
      return typeof value === 'object' && !Array.isArray(value);
  }
}

function wordFor(rule: Other): string {
  switch (rule.type) {
    case 'number':
      return 'a number';
    case 'flag':
      return 'true or false';
    case 'date':
      return 'a date in UTC such as 2026-11-21T00:00:00Z';
    case 'list':
      return 'a list';
    case 'choice':
      return `one of ${rule.of.join(', ')}`;
    case 'reference':
      return 'an object with an id';
  }
}
