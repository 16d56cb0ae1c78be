import Dexie from 'dexie';
import { expect, it } from 'vitest';
import { aCard, cardNumber } from '../../../tests/builders';
import { aWorkingDesk, builtAt } from '../../../tests/paired-database';
import { openDatabase } from './database';
import { findCard, registerAsOf } from './register';

it('R2 a device filled by an older build pulls the register once from zero, and answers meanwhile', async () => {
  const db = await aWorkingDesk([aCard(cardNumber(1))]);
  const rows = await Promise.all(
    db.tables.map(async (table) => [table.name, (await table.toArray()) as unknown[]] as const),
  );
  const stores = db.tables.map(({ name, schema }) => [
    name,
    [schema.primKey, ...schema.indexes].map(({ src }) => src).join(),
  ]);
  await db.delete();
  const older = new Dexie(db.name);
  older.version(5).stores({ ...(Object.fromEntries(stores) as object), deletedCards: '&number' });
  await older.open();
  for (const [name, all] of rows) await older.table(name).bulkPut(all);
  await older.table('cursors').update('tiski-register', { base: { id: 'p', buckets: 1, cards: 9, run: 1 } });
  await older.table('deletedCards').put({ number: cardNumber(2) });
  older.close();

  const updated = openDatabase(db.name, builtAt);
  expect(await updated.cursors.get('tiski-register')).toMatchObject({ seq: '0', run: 2, isComplete: false });
  expect(await updated.deletedCards.toArray()).toEqual([{ number: cardNumber(2), run: 1, shadows: 'p' }]);
  expect(await findCard(updated, { kind: 'number', number: cardNumber(1) })).toMatchObject({
    status: 'active',
  });
  expect(await registerAsOf(updated)).toBeDefined();
});
