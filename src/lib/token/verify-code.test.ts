import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { sign, createPrivateKey } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { publicKeyFromDocument } from '$lib/documents/catalogue/catalogue-documents';
import {
  compactClaims,
  compactCodeOf,
  keyMark,
  parseCompactCode,
  schemeMark,
} from '$lib/documents/register/compact-code';
import { readCode } from '$lib/domain/code/scan-code';
import type { SignedCard } from '$lib/domain/code/signed-code';
import { codePath } from '$lib/ui/code-path';
import { cardNumber } from '../../../tests/builders';
import { bytesOf } from '../../server/bytes';
import { keyDocumentOf, makeSigningKey, signCode, type SigningKey } from '../../server/keys/signing-key';
import { verifyCode, type CodeTrust } from './verify-code';

const card: SignedCard = {
  number: cardNumber(1),
  scheme: 'hyvinvointikortti',
  validFrom: '2026-11-24',
  validUntil: '2027-11-23',
};
const today = '2026-11-24';
const notGenuine = { kind: 'not-genuine' };
const genuine = (of: SignedCard) => ({ kind: 'genuine', card: of, isKeyExpired: false });
let key: SigningKey;
let foreign: SigningKey;
let trust: CodeTrust;
let code: string;

const publicKey = (of: SigningKey) => publicKeyFromDocument(keyDocumentOf(of));
const trusting = (keys: CodeTrust['keys']): CodeTrust => ({ ...trust, keys });

beforeAll(async () => {
  [key, foreign] = [await makeSigningKey(today), await makeSigningKey(today)];
  trust = { keys: [publicKey(key)], schemes: ['seniori', card.scheme] };
  code = signCode(card, key);
});

/** The code with other bytes for its signature. */
const resigned = (change: (signature: Uint8Array) => Uint8Array): string => {
  const parsed = parseCompactCode(code);
  if (!parsed) throw new Error('The code has another form.');
  return compactCodeOf(parsed.claims, change(parsed.signature));
};

const aDay = fc
  .date({ min: new Date('1900-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const aCard: fc.Arbitrary<SignedCard> = fc.record({
  number: fc.nat({ max: 9_999_999 }).map(cardNumber),
  scheme: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,63}$/),
  validFrom: aDay,
  validUntil: aDay,
});

describe('a signed card code', () => {
  it('R2 says what it was issued for', async () => {
    expect(await verifyCode(code, trust, today)).toEqual(genuine(card));
    expect(readCode(code)).toEqual({ kind: 'signed', token: code, number: card.number });
    expect(readCode(` ${code}\n`)).toEqual({ kind: 'signed', token: code, number: card.number });
  });

  it('R2 of any card is 197 digits and comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(aCard, async (any) => {
        const signed = signCode(any, key);
        expect(signed).toMatch(/^[1-9]\d{196}$/);
        expect(await verifyCode(signed, { ...trust, schemes: [any.scheme] }, today)).toEqual(genuine(any));
        expect(readCode(signed)).toMatchObject({ kind: 'signed', number: any.number });
      }),
    );
  });

  it('R2 is printed as a QR code of version 5', () => {
    // Two units a module, 37 modules, a quiet zone of 4 around them (ISO/IEC 18004).
    expect(codePath('qr', code)).toMatchObject({ width: 2 * (37 + 8), height: 2 * (37 + 8) });
  });

  it('R2 is still trusted after a rotation, and marked when its key was retired', async () => {
    expect(await verifyCode(code, trusting([publicKey(foreign), ...trust.keys]), today)).toEqual(
      genuine(card),
    );
    const until = (day: string) => trusting([{ ...publicKey(key), until: day }]);
    expect(await verifyCode(code, until('2026-11-23'), today)).toMatchObject({ isKeyExpired: true });
    expect(await verifyCode(code, until(today), today)).toMatchObject({ isKeyExpired: false });
  });

  it('R2 another city’s, and one that claims our key’s name, are not genuine', async () => {
    expect(await verifyCode(signCode(card, foreign), trust, today)).toEqual(notGenuine);
    const posing = signCode(card, { ...foreign, kid: key.kid });
    expect(parseCompactCode(posing)?.key).toBe(keyMark(key.kid));
    expect(await verifyCode(posing, trust, today)).toEqual(notGenuine);
    expect(await verifyCode(code, trusting([]), today)).toEqual(notGenuine);
  });

  it('R2 of two keys with one mark, the one that signed counts', async () => {
    const twin = { ...publicKey(foreign), kid: key.kid, until: '2026-01-01' };
    expect(await verifyCode(code, trusting([twin, ...trust.keys]), today)).toEqual(genuine(card));
  });

  it('R2 R6 a scheme that the device doesn’t have goes by its mark, and gives nothing', async () => {
    const mark = schemeMark(card.scheme);
    for (const schemes of [[], ['seniori'], [card.scheme, card.scheme]]) {
      const signature = await verifyCode(code, { ...trust, schemes }, today);
      expect(signature).toEqual(genuine({ ...card, scheme: mark }));
    }
  });

  it('R2 what our key signed for something else is not a card’s code', async () => {
    const claims = compactClaims(card, key.kid);
    const secret = createPrivateKey({ key: key.jwk, format: 'jwk' });
    for (const text of [claims, `tiski card code  ${claims}`, `tiski-card-code ${claims}`]) {
      const other = compactCodeOf(claims, bytesOf(sign(null, new TextEncoder().encode(text), secret)));
      expect(await verifyCode(other, trust, today)).toEqual(notGenuine);
    }
  });

  it('R2 signed by our key but with other contents is not genuine', async () => {
    for (const broken of [
      { ...card, number: '12345670' },
      { ...card, validUntil: '2027-02-30' },
      { ...card, validFrom: '0000-00-00' },
    ]) {
      expect(await verifyCode(signCode(broken, key), trust, today)).toEqual(notGenuine);
    }
  });

  it('R2 another digit anywhere, or any bit of the signature, makes it not genuine', async () => {
    const place = fc.nat({ max: 196 });
    await fc.assert(
      fc.asyncProperty(place, fc.constantFrom(...'0123456789'), async (at, digit) => {
        fc.pre(code[at] !== digit);
        const changed = code.slice(0, at) + digit + code.slice(at + 1);
        expect(await verifyCode(changed, trust, today)).toEqual(notGenuine);
      }),
      { numRuns: 100 },
    );
    for (let bit = 0; bit < 512; bit += 1) {
      const flipped = resigned((signature) =>
        signature.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)),
      );
      expect(await verifyCode(flipped, trust, today)).toEqual(notGenuine);
    }
  });

  it('R2 one card and one signature have one text: nothing before, after, between, or beyond 64 bytes', async () => {
    const beyond = BigInt(code.slice(42)) + 2n ** 512n;
    const others = [
      `0${code}`,
      `${code}0`,
      code.slice(1),
      `${code.slice(0, 42)}0${code.slice(42)}`,
      `${code.slice(0, 8)} ${code.slice(8)}`,
      code.replace(/./g, (digit) => String.fromCodePoint(0x660 + Number(digit))),
      code.slice(0, 42) + String(beyond).slice(-155),
    ];
    for (const other of others) expect(await verifyCode(other, trust, today)).toEqual(notGenuine);
    // 2^512 and above has 155 digits, too.
    expect(parseCompactCode(code.slice(0, 42) + '9'.repeat(155))).toBeUndefined();
  });

  it('R2 the same signature with the group’s order added is not genuine (RFC 8032, 5.1.7)', async () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const malleated = resigned((signature) => {
      const scalar = BigInt(`0x${bytesToHex(signature.slice(32).reverse())}`) + order;
      const bytes = hexToBytes(scalar.toString(16).padStart(64, '0')).reverse();
      return new Uint8Array([...signature.slice(0, 32), ...bytes]);
    });
    expect(malleated).toHaveLength(197);
    expect(await verifyCode(malleated, trust, today)).toEqual(notGenuine);
  });

  it('R2 any text at all gets an answer', async () => {
    const text = fc.oneof(fc.string({ maxLength: 600 }), fc.stringMatching(/^1\d{196}$/));
    await fc.assert(
      fc.asyncProperty(text, async (any) => {
        expect(await verifyCode(any, trust, today)).toEqual(notGenuine);
      }),
    );
  });

  it('R2 a key that the browser can’t use verifies nothing', async () => {
    const broken = { ...publicKey(key), jwk: { ...publicKey(key).jwk, x: 'short' } };
    expect(await verifyCode(code, trusting([broken]), today)).toEqual(notGenuine);
  });
});
