import type { HttpMethod } from '../../http-types.ts';

export type GmailCall = {
  area: string;
  method: HttpMethod;
  version: string;
  path: string;
  /** Scopes that the Workspace administrator grants to the service account. */
  permissions: readonly string[];
  limit: string;
  /** Quota units. */
  cost: number;
};

/** What is asked for in every token; an assertion with a scope that was not granted is refused as a whole. */
export const GMAIL_SCOPES = [
  'https://www.googleapis.com/auth/gmail.compose',
  'https://www.googleapis.com/auth/gmail.readonly',
] as const;

/** Every request to Gmail goes through one of these; docs/permissions.md is compared with this table by a test. */
export const gmailCalls = {
  token: {
    area: 'token',
    method: 'POST',
    version: 'v2',
    path: '/token',
    permissions: [],
    limit: 'none',
    cost: 0,
  },
  createDraft: {
    area: 'mail',
    method: 'POST',
    version: 'v1',
    path: '/users/me/drafts',
    permissions: ['gmail.compose'],
    limit: 'gmail',
    cost: 10,
  },
  sendDraft: {
    area: 'mail',
    method: 'POST',
    version: 'v1',
    path: '/users/me/drafts/send',
    permissions: ['gmail.compose'],
    limit: 'gmail',
    cost: 100,
  },
  getDraft: {
    area: 'mail',
    method: 'GET',
    version: 'v1',
    path: '/users/me/drafts/{id}',
    permissions: ['gmail.compose'],
    limit: 'gmail',
    cost: 5,
  },
  deleteDraft: {
    area: 'mail',
    method: 'DELETE',
    version: 'v1',
    path: '/users/me/drafts/{id}',
    permissions: ['gmail.compose'],
    limit: 'gmail',
    cost: 10,
  },
  findDrafts: {
    area: 'mail',
    method: 'GET',
    version: 'v1',
    path: '/users/me/drafts',
    permissions: ['gmail.readonly'],
    limit: 'gmail',
    cost: 5,
  },
  findMessages: {
    area: 'mail',
    method: 'GET',
    version: 'v1',
    path: '/users/me/messages',
    permissions: ['gmail.readonly'],
    limit: 'gmail',
    cost: 5,
  },
  getMessage: {
    area: 'mail',
    method: 'GET',
    version: 'v1',
    path: '/users/me/messages/{id}',
    permissions: ['gmail.readonly'],
    limit: 'gmail',
    cost: 5,
  },
  getThread: {
    area: 'mail',
    method: 'GET',
    version: 'v1',
    path: '/users/me/threads/{id}',
    permissions: ['gmail.readonly'],
    limit: 'gmail',
    cost: 10,
  },
} as const satisfies Record<string, GmailCall>;

export type GmailCallName = Exclude<keyof typeof gmailCalls, 'token'>;
