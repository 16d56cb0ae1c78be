import fc from 'fast-check';
import { CompactSign, generateKeyPair, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { keyDocument, publicKeyFromDocument } from '$lib/documents/catalogue/catalogue-documents';
import { readCode } from '$lib/domain/code/scan-code';
import { cardNumber } from '../../../tests/builders';
import landed from '../../../tests/fixtures/landed-code.json';
import { signLandedCode } from '../../../tests/landed-code';
import { keyDocumentOf, makeSigningKey, type SigningKey } from '../../server/keys/signing-key';
import { verifyCode, type PublicKey } from './verify-code';

const card = {
  number: cardNumber(1),
  scheme: 'hyvinvointikortti',
  validFrom: '2026-11-24',
  validUntil: '2027-11-23',
};
const today = '2026-11-24';
const notGenuine = { kind: 'not-genuine' };
let key: SigningKey;
let foreign: SigningKey;
let keys: PublicKey[];
let token: string;

beforeAll(async () => {
  [key, foreign] = [await makeSigningKey(today), await makeSigningKey(today)];
  keys = [publicKeyFromDocument(keyDocumentOf(key))];
  token = await signLandedCode(card, key);
});

const verify = (code: string, trusted: readonly PublicKey[], on: string) =>
  verifyCode(code, { keys: trusted, schemes: [] }, on);

/** The code with another payload and the old signature. */
const altered = (claims: object) => {
  const [header, , signature] = token.split('.');
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
};

describe('a signed card code as the first cards have it', () => {
  it('R2 printed before there was a shorter form is still genuine', async () => {
    const printed = publicKeyFromDocument(v.parse(keyDocument, landed.key));
    const genuine = { kind: 'genuine', card: landed.card, isKeyExpired: false };
    expect(await verify(landed.code, [...keys, printed], today)).toEqual(genuine);
    expect(await verify(landed.code, keys, today)).toEqual(notGenuine);
  });

  it('R2 says what it was issued for', async () => {
    expect(await verify(token, keys, today)).toEqual({ kind: 'genuine', card, isKeyExpired: false });
    expect(readCode(token)).toEqual({ kind: 'signed', token, number: card.number });
  });

  it('R2 is still trusted after a rotation, and marked when its key was retired', async () => {
    const later = [publicKeyFromDocument(keyDocumentOf(foreign)), ...keys];
    expect(await verify(token, later, today)).toMatchObject({ kind: 'genuine', isKeyExpired: false });
    const retired = [{ ...publicKeyFromDocument(keyDocumentOf(key)), until: '2026-11-23' }];
    expect(await verify(token, retired, today)).toMatchObject({ kind: 'genuine', isKeyExpired: true });
    const lastDay = [{ ...publicKeyFromDocument(keyDocumentOf(key)), until: today }];
    expect(await verify(token, lastDay, today)).toMatchObject({ isKeyExpired: false });
  });

  it('R2 another city’s, and one that claims our key’s name, are not genuine', async () => {
    expect(await verify(await signLandedCode(card, foreign), keys, today)).toEqual(notGenuine);
    expect(await verify(await signLandedCode(card, { ...foreign, kid: key.kid }), keys, today)).toEqual(
      notGenuine,
    );
    expect(await verify(token, [], today)).toEqual(notGenuine);
  });

  it.each([
    ['another number', { n: cardNumber(2), s: 'hyvinvointikortti', f: '2026-11-24', u: '2027-11-23' }],
    ['a longer validity', { n: cardNumber(1), s: 'hyvinvointikortti', f: '2026-11-24', u: '2099-11-23' }],
    ['another scheme', { n: cardNumber(1), s: 'kaikki', f: '2026-11-24', u: '2027-11-23' }],
  ])('R2 altered to %s is not genuine', async (_name, claims) => {
    expect(await verify(altered(claims), keys, today)).toEqual(notGenuine);
  });

  it('R2 another algorithm is not genuine, whoever’s key it names', async () => {
    const claims = { n: card.number, s: card.scheme, f: card.validFrom, u: card.validUntil };
    const payload = new TextEncoder().encode(JSON.stringify(claims));
    const secret = new TextEncoder().encode(key.jwk.x.padEnd(43, 'x'));
    const hmac = await new CompactSign(payload)
      .setProtectedHeader({ alg: 'HS256', kid: key.kid })
      .sign(secret);
    const { privateKey } = await generateKeyPair('ES256');
    const ecdsa = await new CompactSign(payload)
      .setProtectedHeader({ alg: 'ES256', kid: key.kid })
      .sign(privateKey);
    const unsecured = new UnsecuredJWT(claims).encode();
    for (const forged of [hmac, ecdsa, unsecured, `${unsecured}AAAA`]) {
      expect(await verify(forged, keys, today)).toEqual(notGenuine);
    }
  });

  it('R2 signed by our key but with other contents is not genuine', async () => {
    const broken = { ...card, number: '12345670' };
    expect(await verify(await signLandedCode(broken, key), keys, today)).toEqual(notGenuine);
    expect(await verify(await signLandedCode({ ...card, validUntil: 'ever' }, key), keys, today)).toEqual(
      notGenuine,
    );
  });

  it('R2 one character changed anywhere is never genuine for another card', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: token.length - 1 }),
        fc.constantFrom(...'ABCDxyz019-_.'),
        async (place, character) => {
          const changed = token.slice(0, place) + character + token.slice(place + 1);
          const signature = await verify(changed, keys, today);
          // The last character carries bits that base64url leaves unused.
          if (signature.kind === 'genuine') expect(signature.card).toEqual(card);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('R2 any text at all gets an answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 300 }), async (text) => {
        expect(await verify(text, keys, today)).toEqual(notGenuine);
      }),
    );
  });
});
