import { makeOfficeKey, publicPart } from '../../../src/server/keys/office-key';

/** The office's key, and what a device gets of it. */
export async function aKeyPair() {
  const key = await makeOfficeKey(new Date('2026-11-24T06:00:00Z'));
  const { kid, madeAt } = key;
  return { key, published: { kid, madeAt, jwk: publicPart(key) } };
}
