export type GmailSettings = {
  /** The Workspace mailbox that mails are sent from. */
  mailbox: string;
  /** The service account to which the Workspace administrator delegated the domain. */
  serviceAccount: { clientEmail: string; privateKeyPem: string; privateKeyId?: string | undefined };
  /** Google's own where absent. */
  baseUrl?: string | undefined;
  tokenUrl?: string | undefined;
};

export const GMAIL_BASE_URL = 'https://gmail.googleapis.com';
export const GOOGLE_TOKEN_URL = 'https://oauth2.googleapis.com/token';
