/**
 * What can happen to a world. Events are journalled as JSON before they are applied, and replayed at the next start:
 * a stored shape, so that a changed event needs a new type beside the old one.
 */

import type { BambooWebhook, OAuthGrant, WebhookParcel } from '../bamboohr/state.ts';
import type { ConnectWiseEvent } from '../connectwise/state.ts';
import type { GmailEvent } from '../gmail/state.ts';
import type { LifeEvent } from '../life/life-state.ts';
import type { WorkdayOptions } from '../workday/options.ts';
import type { AppRegistration, BambooCompany, GraphObject, Tenant } from '../world/world.ts';
import type { KeptEvent } from './kept.ts';
import type { CompanyOptions, TenantOptions } from './options.ts';

export type AuthenticationMethod = GraphObject & { id: string; '@odata.type': string };
export type Member = { id: string; '@odata.type': string };
export type Employee = BambooCompany['employees'][number];
export type MailboxPurpose = Tenant['mailboxPurposes'][string];
export type PerUserMfaState = Tenant['perUserMfa'][string];

/** Lists of a tenant whose items come and go one by one. */
export type TenantList = 'conditionalAccessPolicies' | 'deletedPolicies' | 'namedLocations';

/** Parts of a tenant that are small enough to be replaced as a whole. */
export type TenantPart =
  | 'organization'
  | 'subscribedSkus'
  | 'allowedMethods'
  | 'roleAssignments'
  | 'roleEligibilities'
  | 'servicePrincipals'
  | 'conditionalAccessPolicies'
  | 'deletedPolicies'
  | 'namedLocations'
  | 'securityDefaults';

/** What can happen in one tenant. */
export type TenantHappening =
  | { type: 'user.put'; user: GraphObject & { id: string } }
  | { type: 'user.patch'; userId: string; set: GraphObject }
  | { type: 'user.delete'; userId: string; permanently: boolean }
  | { type: 'manager.set'; userId: string; managerId: string | null }
  | {
      type: 'methods.set';
      userId: string;
      methods: AuthenticationMethod[];
      lag: { knownFrom: string; reportedBefore: string[] } | null;
    }
  | { type: 'mailbox.set'; userId: string; purpose: MailboxPurpose | null }
  | { type: 'perUserMfa.set'; userId: string; state: PerUserMfaState }
  | { type: 'group.put'; group: GraphObject & { id: string }; members: Member[]; owners?: Member[] }
  | { type: 'group.patch'; groupId: string; set: GraphObject }
  /** `at`: from when on a Microsoft 365 group waits to be brought back. */
  | { type: 'group.delete'; groupId: string; at?: string }
  | { type: 'members.change'; groupId: string; added: Member[]; removed: string[] }
  | { type: 'part.set'; part: TenantPart; value: unknown }
  | { type: 'app.put'; app: AppRegistration }
  | { type: 'app.delete'; clientId: string }
  | { type: 'signIns.add'; signIns: Tenant['signIns'] }
  | { type: 'audits.add'; audits: Tenant['directoryAudits'] }
  | { type: 'options.set'; options: Partial<TenantOptions> }
  | { type: 'list.put'; list: TenantList; item: GraphObject & { id: string } }
  | { type: 'list.remove'; list: TenantList; id: string }
  /** From here on the watch compares; `seq` is this event's own place. */
  | { type: 'watch.baseline' }
  | KeptEvent
  | LifeEvent
  /** Several at once: kept and applied together or not at all, as one write with its line in the audit log. */
  | { type: 'together'; events: TenantHappening[] };

export type TenantEvent = { tenantId: string } & TenantHappening;

export type CompanyEvent = { domain: string } & (
  | { type: 'employee.put'; employee: Employee; action: 'Inserted' | 'Updated' }
  | { type: 'employee.delete'; employeeId: string }
  | { type: 'absences.set'; absences: BambooCompany['absences'] }
  | { type: 'oauth.grant.set'; grant: OAuthGrant }
  | { type: 'webhook.put'; webhook: BambooWebhook }
  | { type: 'webhook.delete'; id: string }
  | { type: 'parcel.put'; parcel: WebhookParcel }
  | { type: 'parcel.delete'; id: string }
  | { type: 'company.options.set'; options: Partial<CompanyOptions> }
  | { type: 'workday.options.set'; options: Partial<WorkdayOptions> }
);

type ClockEvent = { type: 'clock.set'; offsetMs: number };
/** The address of the product's bot, told at run time. */
type BotEvent = { type: 'bot.set'; endpoint: string | null };
type FaultsEvent = { type: 'faults.set'; faults: unknown[] };

export type SandboxEvent =
  | TenantEvent
  | CompanyEvent
  | ClockEvent
  | BotEvent
  | FaultsEvent
  | GmailEvent
  | ConnectWiseEvent;
