import { createPrivateKey, X509Certificate as NodeCertificate, webcrypto } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
// The container inside this package wants metadata functions before it is loaded.
import './reflection.ts';
import * as x509 from '@peculiar/x509';

export type ServerIdentity = { key: string; cert: string; caFile: string };

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
const LEAF_DAYS = 90;
/** A leaf this close to its end is replaced at start, so that it does not expire under a running sandbox. */
const RENEW_BEFORE_DAYS = 7;

/**
 * Gives the server's key and certificate, signed by a certificate authority that belongs to this folder alone; both
 * are made at the first call and the leaf again when it nears its end. Certificates are checked by clients against
 * the machine's time, so `now` is the machine's, not the sandbox's. Key files are readable by their owner only.
 */
export async function loadServerIdentity(folder: string, now: number): Promise<ServerIdentity> {
  const caFile = join(folder, 'ca.pem');
  const caKeyFile = join(folder, 'ca.key.pem');
  if (!existsSync(caFile) || !existsSync(caKeyFile)) await createAuthority({ caFile, caKeyFile, now });
  const leafFile = join(folder, 'server.pem');
  const leafKeyFile = join(folder, 'server.key.pem');
  if (!isUsable({ leafFile, leafKeyFile, caFile, now })) {
    await createLeaf({ caFile, caKeyFile, leafFile, leafKeyFile, now });
  }
  return { key: readFileSync(leafKeyFile, 'utf8'), cert: readFileSync(leafFile, 'utf8'), caFile };
}

/** Writes a file so that it is either there whole or not there, readable by its owner only when it is secret. */
export function writeFileWhole(file: string, content: string, mode: number): void {
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, content, { mode });
  renameSync(part, file);
}

function isUsable(files: { leafFile: string; leafKeyFile: string; caFile: string; now: number }): boolean {
  if (!existsSync(files.leafFile) || !existsSync(files.leafKeyFile)) return false;
  const leaf = new NodeCertificate(readFileSync(files.leafFile));
  const authority = new NodeCertificate(readFileSync(files.caFile));
  const lasts = Date.parse(leaf.validTo) - files.now > RENEW_BEFORE_DAYS * DAY_MS;
  return lasts && Date.parse(leaf.validFrom) <= files.now && leaf.verify(authority.publicKey);
}

async function createAuthority(files: { caFile: string; caKeyFile: string; now: number }): Promise<void> {
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Vendor sandbox of this folder',
    notBefore: new Date(files.now - DAY_MS),
    notAfter: new Date(files.now + CA_DAYS * DAY_MS),
    signingAlgorithm: SIGNING,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  writeFileWhole(files.caKeyFile, await exportKey(keys.privateKey), 0o600);
  writeFileWhole(files.caFile, `${certificate.toString('pem')}\n`, 0o644);
}

async function createLeaf(files: {
  caFile: string;
  caKeyFile: string;
  leafFile: string;
  leafKeyFile: string;
  now: number;
}): Promise<void> {
  const authority = new x509.X509Certificate(readFileSync(files.caFile, 'utf8'));
  const signingKey = await importKey(readFileSync(files.caKeyFile, 'utf8'));
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: authority.subject,
    notBefore: new Date(files.now - DAY_MS),
    notAfter: new Date(files.now + LEAF_DAYS * DAY_MS),
    signingAlgorithm: SIGNING,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  writeFileWhole(files.leafKeyFile, await exportKey(keys.privateKey), 0o600);
  writeFileWhole(files.leafFile, `${certificate.toString('pem')}\n`, 0o644);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString();
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' });
  return webcrypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, false, ['sign']);
}
