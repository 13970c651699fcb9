import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, type JWK } from 'jose';
import { writeFileWhole } from '../http/certificates.ts';

/** The pair with which this installation signs its tokens. */
export type SigningKeys = { kid: string; privateKey: KeyObject; publicKey: KeyObject; jwk: JWK };

const RSA_BITS = 2048;

/**
 * Loads a signing key of this folder and makes it at the first call; the file is readable by its owner only. The
 * sign-in service and the channel of the bots have one each, so that neither's tokens pass for the other's.
 */
export async function loadSigningKeys(folder: string, name: 'token' | 'channel' = 'token'): Promise<SigningKeys> {
  const file = join(folder, `${name}.key.pem`);
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
    writeFileWhole(file, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 0o600);
  }
  const privateKey = createPrivateKey(readFileSync(file));
  const publicKey = createPublicKey(privateKey);
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const kid = createHash('sha256').update(der).digest('base64url').slice(0, 27);
  return { kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' } };
}
