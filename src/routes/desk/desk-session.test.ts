import { describe, expect, test, vi } from 'vitest';
import { unknownScanner } from '$lib/domain/code/scanner-profile';
import type { People } from '$lib/domain/visit/people';
import { aCard, cardNumber, ulidOf } from '../../../tests/builders';
import { aWorkingDesk, sundayMorning } from '../../../tests/paired-database';
import { DeskSession, type DeskView } from './desk-session.svelte';

const [first, second, group] = [cardNumber(1), cardNumber(2), cardNumber(3)];
let ids = 0;

async function aCounter({ logsAtOnce = false } = {}) {
  const db = await aWorkingDesk([aCard(first), aCard(second), aCard(group, { groupSize: 8 })]);
  const session = new DeskSession({
    db,
    now: () => sundayMorning,
    randomId: () => ulidOf(++ids),
    signatureOf: async () => undefined,
    steadyNow: () => performance.now(),
    isSoundOn: () => false,
    profile: () => unknownScanner,
    logsAtOnce: () => logsAtOnce,
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
    await session.scan([first], 'swim');
    await Promise.all([session.log(checkOf(session.view)), session.scan([second], 'swim')]);
    expect(session.skipped).toBeUndefined();
    expect(checkOf(session.view).card?.number).toBe(second);
    expect(await db.visits.toArray()).toMatchObject([{ card: first }]);
  });

  test('the next card and Enter for the one before at the same moment: the newer verdict stays', async () => {
    const { db, session } = await aCounter();
    await session.scan([first], 'swim');
    await Promise.all([session.scan([second], 'swim'), session.log(checkOf(session.view))]);
    expect(checkOf(session.view).card?.number).toBe(second);
    expect(session.skipped).toBeUndefined();
    expect(await db.visits.toArray()).toMatchObject([{ card: first }]);
  });

  test('logging the skipped card too keeps the open verdict, which can be logged after it', async () => {
    const { db, session } = await aCounter();
    await session.scan([first], 'swim');
    await session.scan([second], 'swim');
    expect(session.skipped?.check.card?.number).toBe(first);
    if (session.skipped) await session.log(session.skipped.check);
    expect(session.skipped).toBeUndefined();
    await session.log(checkOf(session.view));
    expect(session.view).toMatchObject({ kind: 'logged', check: { card: { number: second } } });
    expect((await db.visits.toArray()).map(({ card }) => card).sort()).toEqual([first, second]);
  });

  test('for queues an admitted card is logged as it is scanned, with its undo; what asks or refuses is not', async () => {
    const { db, session } = await aCounter({ logsAtOnce: true });
    await Promise.all([session.scan([first], 'swim'), session.scan([second], 'swim')]);
    expect(session.view).toMatchObject({ kind: 'logged', check: { card: { number: second } } });
    expect(session.skipped).toBeUndefined();
    if (session.view.kind === 'logged') await session.undo(session.view.visitId);
    expect(await db.voids.count()).toBe(1);
    // Somebody has to say how many of a group came in.
    await session.scan([group], 'swim');
    expect(session.view).toMatchObject({ kind: 'verdict', check: { verdict: { outcome: 'admit' } } });
    await session.scan([cardNumber(9)], 'swim');
    expect(session.view).toMatchObject({ kind: 'verdict', check: { verdict: { outcome: 'refuse' } } });
    expect(await db.visits.count()).toBe(2);
  });

  test('what the screen shows has been there since it changed, and not since before', async () => {
    const { session } = await aCounter();
    const before = performance.now();
    await session.scan([first], 'swim');
    expect(session.shownAt).toBeGreaterThanOrEqual(before);
    const scanned = session.shownAt;
    session.clear();
    expect(session.shownAt).toBeGreaterThanOrEqual(scanned);
  });

  test('S1 Enter pressed twice logs one visit', async () => {
    const { db, session } = await aCounter();
    await session.scan([first], 'gym');
    const check = checkOf(session.view);
    await Promise.all([session.log(check), session.log(check)]);
    expect(session.view.kind).toBe('logged');
    expect(await db.visits.count()).toBe(1);
  });

  test('R11 taps faster than the answers: who came along is counted, and logged by a press right after', async () => {
    const { db, session } = await aCounter();
    await session.scan([group], 'swim');
    const check = checkOf(session.view);
    expect(check.people).toMatchObject({ holder: 8 });
    const oneLess = (people: People) => ({ ...people, holder: people.holder - 1 });
    const taps = [session.setPeople(check, oneLess), session.setPeople(check, oneLess)];
    await Promise.all([...taps, session.log(check)]);
    expect(session.view.kind).toBe('logged');
    expect(await db.visits.toArray()).toMatchObject([{ document: { people: { holder: 6 } } }]);
  });

  test('R11 a press right after a tap that is one too many logs nothing and says so', async () => {
    const { db, session } = await aCounter();
    await session.scan([first], 'swim');
    const check = checkOf(session.view);
    const many = (people: People) => ({ ...people, children: 9 });
    await Promise.all([session.setPeople(check, many), session.log(check)]);
    expect(checkOf(session.view).verdict).toMatchObject({ reason: 'too-many-people' });
    expect(await db.visits.count()).toBe(0);
  });

  test('S1 a storage fault is reported, never shown as logged, and the next card is read', async () => {
    const { db, session } = await aCounter();
    await session.scan([first], 'swim');
    const add = vi.spyOn(db.visits, 'add').mockImplementation(() => {
      throw new DOMException('The disk is gone.', 'UnknownError');
    });
    await expect(session.log(checkOf(session.view))).rejects.toThrow();
    expect(session.view).toEqual({ kind: 'fault' });
    add.mockRestore();
    await session.scan([second], 'swim');
    expect(checkOf(session.view).verdict.outcome).toBe('admit');
  });

  test('undoing with a full disk says that the visit is still logged, and can be tried again', async () => {
    const { db, session } = await aCounter();
    await session.scan([first], 'swim');
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
