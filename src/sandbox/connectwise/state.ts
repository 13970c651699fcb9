import type { GraphObject, World } from '../world/world.ts';
import { type ConnectWiseOptions, DEFAULT_CONNECTWISE_OPTIONS } from './options.ts';
import { type Site, siteOf } from './site.ts';

/** A record as the API shows it. Records that belong to another one name it in `ticketId` or `projectId`. */
export type CwRecord = GraphObject & { id: number };

export type CwKind = 'ticket' | 'note' | 'project' | 'projectNote' | 'phase' | 'callback';

/** A person of a customer, kept small: worlds have many. */
export type CwContact = {
  id: number;
  companyId: number;
  firstName: string;
  lastName: string;
  email: string;
  title: string | null;
};

export type CwCompany = { id: number; identifier: string; name: string; tenantId: string };

export type ConnectWiseEvent =
  | { type: 'connectwise.put'; records: { kind: CwKind; record: CwRecord }[] }
  | { type: 'connectwise.remove'; kind: CwKind; id: number }
  | { type: 'connectwise.options.set'; options: Partial<ConnectWiseOptions> };

export type ConnectWiseState = {
  site: Site;
  options: ConnectWiseOptions;
  companies: CwCompany[];
  contacts: CwContact[];
  records: Record<CwKind, Map<number, CwRecord>>;
  nextId: number;
  /** When the world began, milliseconds since the epoch. */
  startsAtMs: number;
};

const COMPANY_IDS_FROM = 101;
const CONTACT_IDS_FROM = 2001;
const RECORD_IDS_FROM = 500_001;
const IDENTIFIER_LENGTH = 25;

/** The customer's company in the PSA: its identifier is at most 25 characters long. */
export function companyIdentifierOf(domain: string): string {
  return domain.replaceAll(/[^a-z0-9]/gi, '').slice(0, IDENTIFIER_LENGTH);
}

/** Makes the working state: each tenant is a company, each of its active people with an address a contact. */
export function buildConnectWise(world: World): ConnectWiseState {
  const companies = world.tenants.map((tenant, index) => ({
    id: COMPANY_IDS_FROM + index,
    identifier: companyIdentifierOf(world.bambooCompanies[index]?.domain ?? tenant.initialDomain),
    name: typeof tenant.organization.displayName === 'string' ? tenant.organization.displayName : tenant.tenantId,
    tenantId: tenant.tenantId,
  }));
  const contacts: CwContact[] = [];
  for (const [index, company] of companies.entries()) {
    for (const employee of world.bambooCompanies[index]?.employees ?? []) {
      if (employee.status !== 'Active' || typeof employee.workEmail !== 'string') continue;
      contacts.push({
        id: CONTACT_IDS_FROM + contacts.length,
        companyId: company.id,
        firstName: employee.firstName ?? '',
        lastName: employee.lastName ?? '',
        email: employee.workEmail,
        title: employee.jobTitle ?? null,
      });
    }
  }
  return {
    site: siteOf(world),
    options: { ...DEFAULT_CONNECTWISE_OPTIONS },
    companies,
    contacts,
    records: {
      ticket: new Map(),
      note: new Map(),
      project: new Map(),
      projectNote: new Map(),
      phase: new Map(),
      callback: new Map(),
    },
    nextId: Math.max(RECORD_IDS_FROM, CONTACT_IDS_FROM + contacts.length),
    startsAtMs: Date.parse(world.startsAt),
  };
}

/** Applies one event. */
export function applyConnectWiseEvent(state: ConnectWiseState, event: ConnectWiseEvent): void {
  switch (event.type) {
    case 'connectwise.put':
      for (const { kind, record } of event.records) {
        state.records[kind].set(record.id, record);
        state.nextId = Math.max(state.nextId, record.id + 1);
      }
      return;
    case 'connectwise.remove':
      state.records[event.kind].delete(event.id);
      return;
    case 'connectwise.options.set':
      state.options = { ...state.options, ...event.options };
      return;
  }
}

/** The id that a reference carries. */
export function idIn(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  return typeof value.id === 'number' ? value.id : null;
}
