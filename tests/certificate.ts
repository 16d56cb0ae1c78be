import { generateKeyPairSync, sign } from 'node:crypto';

/** An ASN.1 tag with its content, in DER. */
export function der(tag: number, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const long = length > 255 ? [0x82, length >> 8, length & 255] : [0x81, length];
  const bytes = new Uint8Array(1 + long.length + length);
  bytes.set([tag, ...long.slice(length < 128 ? 1 : 0)]);
  let at = 1 + (length < 128 ? 1 : long.length);
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes.subarray(0, at);
}

export const derText = (value: string) => new TextEncoder().encode(value);
export const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
export const oid = (...bytes: number[]) => der(0x06, Uint8Array.from(bytes));
export const certificateTime = (at: Date) => der(0x18, derText(at.toISOString().replace(/[-:T]|\.\d+/g, '')));
const ed25519 = sequence(oid(0x2b, 0x65, 0x70));
const commonName = oid(0x55, 0x04, 0x03);
const alternativeName = oid(0x55, 0x1d, 0x11);

export function pemOf(certificate: Uint8Array): string {
  const base64 = Buffer.from(certificate).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

export interface TestCertificate {
  /** Both as PEM. */
  cert: string;
  key: string;
}

/**
 * A self-signed certificate for `localhost` (RFC 5280), and its key; generated each time, so that none is
 * stored.
 */
export function makeCertificate(ends: Date): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const name = sequence(der(0x31, sequence(commonName, der(0x0c, derText('localhost')))));
  const begins = new Date(ends.getTime() - 365 * 24 * 3600_000);
  const names = sequence(der(0x82, derText('localhost')));
  const body = sequence(
    der(0xa0, der(0x02, Uint8Array.of(2))),
    der(0x02, Uint8Array.of(1)),
    ed25519,
    name,
    sequence(certificateTime(begins), certificateTime(ends)),
    name,
    new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
    der(0xa3, sequence(sequence(alternativeName, der(0x04, names)))),
  );
  const signature = new Uint8Array(sign(null, body, privateKey));
  const bits = der(0x03, Uint8Array.of(0), signature);
  return {
    cert: pemOf(sequence(body, ed25519, bits)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
