import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileWhole } from '../http/certificates.ts';

/** The key of the service account, which belongs to this installation of the sandbox. */
export type ServiceAccountKey = {
  keyId: string;
  publicKey: KeyObject;
  /** Signs the access tokens; derived from the key, so that tokens outlive a restart. */
  tokenSecret: Buffer;
  /** Writes the key file that Google gives out, with the address of this sandbox; gives its path. */
  writeKeyFile(account: { email: string; clientId: string }, tokenUrl: string): string;
};

/** Name of the key file in the sandbox's folder. */
export const SERVICE_ACCOUNT_FILE = 'google-service-account.json';
const RSA_BITS = 2048;
const KEY_ID_LENGTH = 40;

/** Loads the service account's key and makes it at the first call; the files are readable by their owner only. */
export function loadServiceAccountKey(folder: string): ServiceAccountKey {
  const file = join(folder, 'google.key.pem');
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
    writeFileWhole(file, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 0o600);
  }
  const pem = readFileSync(file, 'utf8');
  const publicKey = createPublicKey(createPrivateKey(pem));
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const keyId = createHash('sha256').update(der).digest('hex').slice(0, KEY_ID_LENGTH);
  return {
    keyId,
    publicKey,
    tokenSecret: createHash('sha256').update(`access tokens ${pem}`).digest(),
    writeKeyFile(account, tokenUrl) {
      const path = join(folder, SERVICE_ACCOUNT_FILE);
      const content = {
        type: 'service_account',
        project_id: 'rollout-sandbox',
        private_key_id: keyId,
        private_key: pem,
        client_email: account.email,
        client_id: account.clientId,
        token_uri: tokenUrl,
        universe_domain: 'googleapis.com',
      };
      writeFileWhole(path, JSON.stringify(content, null, 2), 0o600);
      return path;
    },
  };
}

/** What an access token stands for. */
export type Grant = { scopes: string[]; mailbox: string | null; tenantId: string | null; expires: number };

/** Writes an access token: opaque to its bearer, as Google's are. */
export function writeToken(secret: Buffer, grant: Grant): string {
  const text = Buffer.from(JSON.stringify(grant)).toString('base64url');
  return `ya29.${text}.${sign(secret, text)}`;
}

/** Reads an access token of this installation; null for any other text. */
export function readToken(secret: Buffer, token: string): Grant | null {
  const match = /^ya29\.([\w-]+)\.([\w-]+)$/.exec(token);
  if (match === null) return null;
  const [, text = '', signature = ''] = match;
  const wanted = Buffer.from(sign(secret, text));
  const given = Buffer.from(signature);
  if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return null;
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Grant;
}

function sign(secret: Buffer, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}
