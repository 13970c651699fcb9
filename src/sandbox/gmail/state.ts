import { createHash } from 'node:crypto';
import type { GraphObject, Tenant, World } from '../world/world.ts';
import { DEFAULT_GMAIL_OPTIONS, type GmailOptions } from './options.ts';

/** A message in a mailbox; `raw` is the whole message in base64url. */
export type StoredMessage = {
  id: string;
  threadId: string;
  labelIds: string[];
  raw: string;
  /** Milliseconds since the epoch. */
  internalDate: number;
  /** The instant from which it can be found and read. */
  visibleFrom: number;
};

/** What one address got: one row for each recipient of each mail. */
type Delivery = {
  at: string;
  mailbox: string;
  recipient: string;
  field: 'to' | 'cc' | 'bcc';
  delivered: boolean;
  gmailId: string;
  messageId: string;
  subject: string;
  /** The same for two mails with the same subject and text, whatever their ids. */
  content: string;
};

export type GmailEvent =
  | { type: 'gmail.draft.put'; mailbox: string; draftId: string; message: StoredMessage }
  | { type: 'gmail.draft.delete'; mailbox: string; draftId: string }
  | {
      type: 'gmail.sent';
      mailbox: string;
      draftId: string | null;
      /** The sender's copy, and notices about addresses that do not exist; none when the mail was lost. */
      messages: StoredMessage[];
      deliveries: Delivery[];
    }
  | { type: 'gmail.delegation.set'; workspace: string; scopes: string[] }
  | { type: 'gmail.options.set'; workspace: string; options: Partial<GmailOptions> };

export type Mailbox = { messages: Map<string, StoredMessage>; draftMessageIds: Map<string, string> };

/** The Google Workspace of one customer. */
export type Workspace = {
  tenant: Tenant;
  domains: string[];
  /** A mailbox that exists whoever works there: the one from which a rollout is announced. */
  rolloutMailbox: string;
  /** Scopes that the administrator gave to the service account's client id, for every mailbox. */
  delegatedScopes: string[];
  options: GmailOptions;
};

export type GmailState = {
  /** The identity of the service account; its key belongs to the sandbox's folder. */
  serviceAccount: { email: string; clientId: string };
  /** By tenant id. */
  workspaces: Map<string, Workspace>;
  mailboxes: Map<string, Mailbox>;
  deliveries: Delivery[];
};

const SCOPE = 'https://www.googleapis.com/auth/gmail.';
/** The scopes that the administrators of a world have authorised. */
export const DELEGATED_SCOPES: readonly string[] = ['compose', 'metadata', 'modify', 'readonly', 'send'].map(
  (name) => `${SCOPE}${name}`,
);

/** The service account that a world's administrators know, by its email and numeric client id. */
export function serviceAccountOf(world: Pick<World, 'seed' | 'name'>): { email: string; clientId: string } {
  const digest = createHash('sha256').update(`google ${world.seed} ${world.name}`).digest();
  const digits = digest.readBigUInt64BE().toString().padStart(20, '0');
  return { email: 'mfa-rollout@rollout-sandbox.iam.gserviceaccount.com', clientId: `1${digits}` };
}

/** The mailbox of a tenant from which its rollout is announced. */
export function rolloutMailboxOf(tenant: Tenant): string {
  return `it-rollout@${domainsOf(tenant)[0] ?? tenant.initialDomain.toLowerCase()}`;
}

/** Makes the working state: every tenant is a customer with a Google Workspace of its own and empty mailboxes. */
export function buildGmail(world: World): GmailState {
  return {
    serviceAccount: serviceAccountOf(world),
    workspaces: new Map(
      world.tenants.map((tenant) => [
        tenant.tenantId,
        {
          tenant,
          domains: domainsOf(tenant),
          rolloutMailbox: rolloutMailboxOf(tenant),
          delegatedScopes: [...DELEGATED_SCOPES],
          options: { ...DEFAULT_GMAIL_OPTIONS },
        },
      ]),
    ),
    mailboxes: new Map(),
    deliveries: [],
  };
}

/** The verified domains without Microsoft's own, the default one first. */
function domainsOf(tenant: Tenant): string[] {
  const { verifiedDomains } = tenant.organization;
  const domains = Array.isArray(verifiedDomains) ? (verifiedDomains as GraphObject[]) : [];
  return domains
    .filter((domain) => typeof domain.name === 'string' && !domain.name.toLowerCase().endsWith('.onmicrosoft.com'))
    .sort((a, b) => Number(b.isDefault === true) - Number(a.isDefault === true))
    .map((domain) => String(domain.name).toLowerCase());
}

/** Applies one event; refuses what names no workspace. */
export function applyGmailEvent(state: GmailState, event: GmailEvent): void {
  switch (event.type) {
    case 'gmail.draft.put': {
      const mailbox = openMailbox(state, event.mailbox);
      mailbox.messages.set(event.message.id, event.message);
      mailbox.draftMessageIds.set(event.draftId, event.message.id);
      return;
    }
    case 'gmail.draft.delete':
      dropDraft(openMailbox(state, event.mailbox), event.draftId);
      return;
    case 'gmail.sent': {
      const mailbox = openMailbox(state, event.mailbox);
      if (event.draftId !== null) dropDraft(mailbox, event.draftId);
      for (const message of event.messages) mailbox.messages.set(message.id, message);
      state.deliveries.push(...event.deliveries);
      return;
    }
    case 'gmail.delegation.set':
      requireWorkspace(state, event.workspace).delegatedScopes = event.scopes;
      return;
    case 'gmail.options.set': {
      const workspace = requireWorkspace(state, event.workspace);
      workspace.options = { ...workspace.options, ...event.options };
      return;
    }
  }
}

/** The contents of a mailbox; an address that was never used has an empty one. */
export function openMailbox(state: GmailState, address: string): Mailbox {
  const found = state.mailboxes.get(address);
  if (found !== undefined) return found;
  const created: Mailbox = { messages: new Map(), draftMessageIds: new Map() };
  state.mailboxes.set(address, created);
  return created;
}

function dropDraft(mailbox: Mailbox, draftId: string): void {
  const messageId = mailbox.draftMessageIds.get(draftId);
  if (messageId !== undefined) mailbox.messages.delete(messageId);
  mailbox.draftMessageIds.delete(draftId);
}

function requireWorkspace(state: GmailState, tenantId: string): Workspace {
  const workspace = state.workspaces.get(tenantId);
  if (workspace === undefined) throw new Error(`there is no tenant ${tenantId}`);
  return workspace;
}

/** The workspace that keeps mail for an address's domain. */
export function workspaceOfAddress(state: GmailState, address: string): Workspace | undefined {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  for (const workspace of state.workspaces.values()) {
    if (workspace.domains.includes(domain)) return workspace;
  }
  return undefined;
}

/** Whether an address of the workspace reaches somebody: a person's mail or alias, or the rollout's mailbox. */
export function isReachable(workspace: Workspace, address: string): boolean {
  if (address === workspace.rolloutMailbox) return true;
  return workspace.tenant.users.some((user) => {
    const proxies = Array.isArray(user.proxyAddresses) ? (user.proxyAddresses as unknown[]) : [];
    const names = [user.mail, ...proxies].map((name) =>
      String(name)
        .toLowerCase()
        .replace(/^smtp:/, ''),
    );
    return names.includes(address);
  });
}

/** Whether somebody can be acted for: an enabled account with this primary address, or the rollout's mailbox. */
export function isSubject(workspace: Workspace, address: string): boolean {
  if (address === workspace.rolloutMailbox) return true;
  return workspace.tenant.users.some(
    (user) => user.accountEnabled !== false && String(user.mail).toLowerCase() === address,
  );
}
