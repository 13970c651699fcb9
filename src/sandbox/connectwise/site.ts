import { createHash } from 'node:crypto';
import type { World } from '../world/world.ts';

/** The managed service provider's own ConnectWise site and the member through whom the API is used. */
export type Site = {
  /** The company that stands before the public key in the credentials. */
  company: string;
  publicKey: string;
  privateKey: string;
  /** The GUID of the integration, sent with every call. */
  clientId: string;
  /** The API member: `_info.updatedBy` of what it writes. */
  member: string;
  memberId: number;
  signingKey: string;
  signingKeyId: string;
};

/** Derives the site of a world: one for all its customers, the same for the same world. */
export function siteOf(world: Pick<World, 'seed' | 'name'>): Site {
  const secret = (label: string) =>
    createHash('sha256').update(`connectwise ${label} ${world.seed} ${world.name}`).digest('hex');
  return {
    company: 'northlight',
    publicKey: secret('public').slice(0, 16),
    privateKey: secret('private').slice(0, 16),
    clientId: guid(secret('client')),
    member: 'RolloutAPI',
    memberId: 243,
    signingKey: secret('signing'),
    signingKeyId: guid(secret('signing id')),
  };
}

function guid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

export type BoardStatus = {
  id: number;
  name: string;
  closedStatus: boolean;
  defaultFlag: boolean;
  escalationStatus: 'NotResponded' | 'Responded' | 'ResolutionPlan' | 'Resolved' | 'NoEscalation';
};

export type Board = { id: number; name: string; projectFlag: boolean; statuses: BoardStatus[] };

/** Boards with their statuses: the same name has another id on each board, and `Completed` does not close. */
export const BOARDS: readonly Board[] = [
  { id: 1, name: 'Help Desk', projectFlag: false, statuses: statusesOf(10) },
  { id: 2, name: 'Monitoring', projectFlag: false, statuses: statusesOf(20) },
  { id: 3, name: 'Projects', projectFlag: true, statuses: statusesOf(30) },
];

function statusesOf(base: number): BoardStatus[] {
  return [
    { id: base + 1, name: 'New', closedStatus: false, defaultFlag: true, escalationStatus: 'NotResponded' },
    { id: base + 2, name: 'In Progress', closedStatus: false, defaultFlag: false, escalationStatus: 'Responded' },
    {
      id: base + 3,
      name: 'Waiting Customer',
      closedStatus: false,
      defaultFlag: false,
      escalationStatus: 'NoEscalation',
    },
    { id: base + 4, name: 'Completed', closedStatus: false, defaultFlag: false, escalationStatus: 'Resolved' },
    { id: base + 5, name: '>Closed', closedStatus: true, defaultFlag: false, escalationStatus: 'Resolved' },
  ];
}

type Named = { id: number; name: string };
type Closing = Named & { defaultFlag: boolean; closedFlag: boolean };

export const PRIORITIES: readonly (Named & { color: string; sortOrder: number; defaultFlag: boolean })[] = [
  { id: 6, name: 'Priority 1 - Critical', color: 'Red', sortOrder: 1, defaultFlag: false },
  { id: 7, name: 'Priority 2 - High', color: 'Orange', sortOrder: 2, defaultFlag: false },
  { id: 8, name: 'Priority 3 - Normal', color: 'Blue', sortOrder: 3, defaultFlag: true },
  { id: 9, name: 'Priority 4 - Low', color: 'White', sortOrder: 4, defaultFlag: false },
];

export const SOURCES: readonly (Named & { defaultFlag: boolean })[] = [
  { id: 2, name: 'Call', defaultFlag: false },
  { id: 3, name: 'Email', defaultFlag: true },
  { id: 4, name: 'Portal', defaultFlag: false },
];

export const PROJECT_STATUSES: readonly Closing[] = [
  { id: 1, name: 'Open', defaultFlag: true, closedFlag: false },
  { id: 2, name: 'Closed', defaultFlag: false, closedFlag: true },
  { id: 3, name: 'On-Hold', defaultFlag: false, closedFlag: false },
];

export const PHASE_STATUSES: readonly Closing[] = [
  { id: 1, name: 'Open', defaultFlag: true, closedFlag: false },
  { id: 2, name: 'Closed', defaultFlag: false, closedFlag: true },
  { id: 4, name: 'In Progress', defaultFlag: false, closedFlag: false },
];
