import { describe, expect, test, vi } from 'vitest';
import { aCard, cardNumber, ulidOf } from '../../../tests/builders';
import { aWorkingDesk, sundayMorning } from '../../../tests/paired-database';
import { DeskSession, type DeskView } from './desk-session.svelte';

const [first, second] = [cardNumber(1), cardNumber(2)];
let ids = 0;

async function aCounter() {
  const db = await aWorkingDesk([aCard(first), aCard(second)]);
  const session = new DeskSession({
    db,
    now: () => sundayMorning,
    randomId: () => ulidOf(++ids),
    isSoundOn: () => false,
  });
  return { db, session };
}

function checkOf(view: DeskView) {
  if (view.kind !== 'verdict') throw new Error(`There is no verdict but ${view.kind}.`);
  return view.check;
}

describe('the counter', () => {
  test('Enter for one card and the next card at the same moment: the first is logged and not called skipped', async () => {
    const { db, session } = await aCounter();
    await session.scan(first, 'swim');
    await Promise.all([session.log(checkOf(session.view)), session.scan(second, 'swim')]);
    expect(session.skipped).toBeUndefined();
    expect(checkOf(session.view).card?.number).toBe(second);
    expect(await db.visits.toArray()).toMatchObject([{ card: first }]);
  });

  test('the next card and Enter for the one before at the same moment: the newer verdict stays', async () => {
    const { db, session } = await aCounter();
    await session.scan(first, 'swim');
    await Promise.all([session.scan(second, 'swim'), session.log(checkOf(session.view))]);
    expect(checkOf(session.view).card?.number).toBe(second);
    expect(session.skipped).toBeUndefined();
    expect(await db.visits.toArray()).toMatchObject([{ card: first }]);
  });

  test('logging the skipped card too keeps the open verdict, which can be logged after it', async () => {
    const { db, session } = await aCounter();
    await session.scan(first, 'swim');
    await session.scan(second, 'swim');
    expect(session.skipped?.check.card?.number).toBe(first);
    if (session.skipped) await session.log(session.skipped.check);
    expect(session.skipped).toBeUndefined();
    await session.log(checkOf(session.view));
    expect(session.view).toMatchObject({ kind: 'logged', check: { card: { number: second } } });
    expect((await db.visits.toArray()).map(({ card }) => card).sort()).toEqual([first, second]);
  });

  test('S1 Enter pressed twice logs one visit', async () => {
    const { db, session } = await aCounter();
    await session.scan(first, 'gym');
    const check = checkOf(session.view);
    await Promise.all([session.log(check), session.log(check)]);
    expect(session.view.kind).toBe('logged');
    expect(await db.visits.count()).toBe(1);
  });

  test('S1 a fault of the store is said, never shown as logged, and the next card is read', async () => {
    const { db, session } = await aCounter();
    await session.scan(first, 'swim');
    const add = vi.spyOn(db.visits, 'add').mockImplementation(() => {
      throw new DOMException('The disk is gone.', 'UnknownError');
    });
    await expect(session.log(checkOf(session.view))).rejects.toThrow();
    expect(session.view).toEqual({ kind: 'fault' });
    add.mockRestore();
    await session.scan(second, 'swim');
    expect(checkOf(session.view).verdict.outcome).toBe('admit');
  });

  test('undoing with a full disk says that the visit is still logged, and can be tried again', async () => {
    const { db, session } = await aCounter();
    await session.scan(first, 'swim');
    await session.log(checkOf(session.view));
    if (session.view.kind !== 'logged') throw new Error(session.view.kind);
    const { visitId } = session.view;
    const add = vi.spyOn(db.voids, 'add').mockImplementation(() => {
      throw new DOMException('No room.', 'QuotaExceededError');
    });
    await session.undo(visitId);
    expect(session.view).toEqual({ kind: 'undo-failed', visitId, reason: 'storage-full' });
    add.mockRestore();
    await session.undo(visitId);
    expect(await db.voids.get(visitId)).toBeDefined();
    expect(session.view).toEqual({ kind: 'ready' });
  });
});
