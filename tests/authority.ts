import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { certificateTime, der, derText, oid, pemOf, sequence, type TestCertificate } from './certificate';

const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const commonName = oid(0x55, 0x04, 0x03);
const basicConstraints = oid(0x55, 0x1d, 0x13);
const keyUsage = oid(0x55, 0x1d, 0x0f);
const extendedKeyUsage = oid(0x55, 0x1d, 0x25);
const serverAuth = oid(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01);
const alternativeName = oid(0x55, 0x1d, 0x11);
const yes = der(0x01, Uint8Array.of(0xff));

const nameOf = (text: string) => sequence(der(0x31, sequence(commonName, der(0x0c, derText(text)))));
const octets = (value: Uint8Array) => der(0x04, value);
const dayMs = 24 * 3600_000;

interface Wanted {
  serial: number;
  issuer: Uint8Array;
  subject: Uint8Array;
  publicKey: KeyObject;
  extensions: Uint8Array[];
}

/** A certificate (RFC 5280) of a P-256 key, valid from yesterday for a month. */
function certificate({ serial, issuer, subject, publicKey, extensions }: Wanted, signer: KeyObject): string {
  const now = Date.now();
  const body = sequence(
    der(0xa0, der(0x02, Uint8Array.of(2))),
    der(0x02, Uint8Array.of(serial)),
    ecdsaWithSha256,
    issuer,
    sequence(certificateTime(new Date(now - dayMs)), certificateTime(new Date(now + 30 * dayMs))),
    subject,
    new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
    der(0xa3, sequence(...extensions)),
  );
  const signature = new Uint8Array(sign('sha256', body, signer));
  const bits = der(0x03, Uint8Array.of(0), signature);
  return pemOf(sequence(body, ecdsaWithSha256, bits));
}

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

export interface TestAuthority extends TestCertificate {
  /** The authority's own certificate, for those who should trust it. */
  authority: string;
}

/** A new, unknown certificate authority, and what it issued to `localhost`: browsers accept it, too. */
export function makeAuthority(): TestAuthority {
  const root = newKey();
  const site = newKey();
  const issuer = nameOf('Authority of a test');
  const authority = certificate(
    {
      serial: 1,
      issuer,
      subject: issuer,
      publicKey: createPublicKey(root.privateKey),
      extensions: [
        sequence(basicConstraints, yes, octets(sequence(yes))),
        // keyCertSign
        sequence(keyUsage, yes, octets(der(0x03, Uint8Array.of(2, 0x04)))),
      ],
    },
    root.privateKey,
  );
  const cert = certificate(
    {
      serial: 2,
      issuer,
      subject: nameOf('localhost'),
      publicKey: createPublicKey(site.privateKey),
      extensions: [
        sequence(extendedKeyUsage, octets(sequence(serverAuth))),
        sequence(alternativeName, octets(sequence(der(0x82, derText('localhost'))))),
      ],
    },
    root.privateKey,
  );
  return { authority, cert, key: site.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
