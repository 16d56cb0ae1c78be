import Dexie from 'dexie';
import { describe, expect, it } from 'vitest';
import { cardFromDocument, type CardDocument } from '$lib/documents/register/card-document';
import { bucketOf, encodeBucket } from '$lib/documents/register/packed/bucket';
import { aCard, cardNumber } from '../../../tests/builders';
import { aWorkingDesk, builtAt } from '../../../tests/paired-database';
import { openDatabase, type TiskiDatabase } from './database';
import { countCards, findCard } from './register';

const coded = (index: number, value: string) =>
  aCard(cardNumber(index), { codes: [{ kind: 'rfid', value }] });
const cards = [
  coded(1, '04:a2:90:00:03:b8:91'),
  coded(2, '04A2900003B892'),
  coded(3, '036000291452'),
  coded(4, 'lr4'),
];
const scans = ['04A2900003B891', '04 a2 90 00 03 b8 92', '0036000291452', 'lr4'];

/** Creates a database of version 4, with what `fill` writes. */
async function asVersion4(
  db: TiskiDatabase,
  fill: (db: TiskiDatabase) => Promise<unknown>,
): Promise<TiskiDatabase> {
  await fill(db);
  const rows = await Promise.all(
    db.tables.map((table) => table.toArray().then((all) => [table.name, all] as const)),
  );
  const stores = db.tables.map(({ name, schema }) => [
    name,
    [schema.primKey, ...schema.indexes].map(({ src }) => src).join(),
  ]);
  await db.delete();
  const older = new Dexie(db.name);
  older.version(4).stores(Object.fromEntries(stores) as Record<string, string>);
  await older.open();
  for (const [name, all] of rows) await older.table(name).bulkPut(all);
  older.close();
  return openDatabase(db.name, builtAt);
}

const numbersFound = (db: TiskiDatabase) =>
  Promise.all(scans.map(async (value) => (await findCard(db, { kind: 'other', value }))?.number));

describe('R1 a device that an older build filled, without a network', () => {
  it('R1 finds its cards by their codes, however they are read', async () => {
    const db = await asVersion4(await aWorkingDesk(cards), (older) =>
      older.cards.bulkPut(
        cards.map((document) => ({
          number: document.number,
          codes: document.codes.map(({ value }) => value),
          card: cardFromDocument(document),
          run: 1,
        })),
      ),
    );
    expect(await numbersFound(db)).toEqual(cards.map(({ number }) => number));
    expect(await countCards(db)).toBe(4);
  });

  it('R1 S18 finds its packed cards too, and opens despite a bucket that can not be read', async () => {
    const buckets = 8;
    const bucketRow = (bucket: number) => {
      const own = cards.filter(({ number }) => bucketOf(number, buckets) === bucket);
      const codes = cards
        .flatMap(({ number, codes: [code] }: CardDocument) => (code ? [{ value: code.value, number }] : []))
        .filter(({ value }) => bucketOf(value, buckets) === bucket);
      return { snapshot: 'packed-1', bucket, bytes: encodeBucket(own, codes) };
    };
    const used = new Set(
      cards
        .flatMap(({ number, codes }) => [number, ...codes.map(({ value }) => value)])
        .concat(scans)
        .map((text) => bucketOf(text, buckets)),
    );
    const spare = Array.from({ length: buckets }, (_, bucket) => bucket).find((bucket) => !used.has(bucket));
    const db = await asVersion4(await aWorkingDesk([]), async (older) => {
      await older.packed.bulkPut(Array.from({ length: buckets }, (_, bucket) => bucketRow(bucket)));
      if (spare !== undefined) {
        await older.packed.put({ snapshot: 'packed-1', bucket: spare, bytes: new Uint8Array([200, 200]) });
      }
      const base = { id: 'packed-1', buckets, cards: 4, run: 1 };
      await older.cursors.update('tiski-register', { base });
    });
    expect(spare).toBeDefined();
    expect(await numbersFound(db)).toEqual(cards.map(({ number }) => number));
    expect(await countCards(db)).toBe(4);
  });
});
