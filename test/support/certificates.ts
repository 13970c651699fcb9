import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate authority and one certificate for this machine that it signed, all PEM. */
export type TestCertificates = { caPem: string; key: string; cert: string };

/**
 * Makes X.509 certificates by hand (RFC 5280), as little as TLS needs: ECDSA P-256, valid from yesterday till
 * tomorrow, the leaf for 127.0.0.1 and localhost.
 */
export function createTestCertificates(): TestCertificates {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const basicConstraints = extension('551d13', sequence(tlv(0x01, Buffer.from([0xff]))));
  const loopback = tlv(0x87, Buffer.from([127, 0, 0, 1]));
  const alternativeNames = extension('551d11', sequence(loopback, tlv(0x82, Buffer.from('localhost'))));
  const ca = { name: 'Test Authority', key: authority.publicKey, extension: basicConstraints, serial: 1 };
  const leaf = { name: '127.0.0.1', key: server.publicKey, extension: alternativeNames, serial: 2 };
  return {
    caPem: certificate(ca, authority.privateKey),
    cert: certificate(leaf, authority.privateKey),
    key: String(server.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

type Subject = { name: string; key: KeyObject; extension: Buffer; serial: number };

const ECDSA_WITH_SHA256 = () => sequence(tlv(0x06, Buffer.from('2a8648ce3d040302', 'hex')));

function certificate(subject: Subject, signer: KeyObject): string {
  const toBeSigned = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([subject.serial])),
    ECDSA_WITH_SHA256(),
    commonName('Test Authority'),
    sequence(utcTime(-1), utcTime(1)),
    commonName(subject.name),
    subject.key.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(subject.extension)),
  );
  const signature = tlv(0x03, Buffer.from([0]), sign('sha256', toBeSigned, signer));
  const der = sequence(toBeSigned, ECDSA_WITH_SHA256(), signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${der.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function tlv(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length = body.length < 0x80 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function sequence(...content: Buffer[]): Buffer {
  return tlv(0x30, ...content);
}

function extension(oidHex: string, value: Buffer): Buffer {
  return sequence(tlv(0x06, Buffer.from(oidHex, 'hex')), tlv(0x04, value));
}

function commonName(name: string): Buffer {
  return sequence(tlv(0x31, sequence(tlv(0x06, Buffer.from('550403', 'hex')), tlv(0x0c, Buffer.from(name)))));
}

function utcTime(days: number): Buffer {
  const moment = new Date(Date.now() + days * 86_400_000).toISOString();
  return tlv(0x17, Buffer.from(`${moment.slice(2, 19).replace(/[-:T]/g, '')}Z`));
}
