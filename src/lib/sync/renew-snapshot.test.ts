import { describe, expect, it } from 'vitest';
import { aCard, cardNumber } from '../../../tests/builders';
import { FakeServer, type Fate, type Request } from '../../../tests/fake-server';
import { aPairedDatabase, sundayMorning } from '../../../tests/paired-database';
import { day, minute } from '$lib/domain/day';
import { revokeDevice } from '$lib/store/device';
import { createLocalStore } from '$lib/store/local-store';
import { countCards, findCard, registerAsOf } from '$lib/store/register';
import { pullDocuments, pullPageSize } from './pull-documents';
import { createRenewal } from './renew-snapshot';

const register = 'tiski-register';
const cardId = (index: number) => `card:${cardNumber(index)}`;

/** So many changes are worth another snapshot. */
const many = 2_000;

/**
 * A desk that began with a snapshot of ten cards, and had by pages what came since. In between card 3 was lost, and
 * card 4 and a newer one were deleted.
 */
async function aGrownDesk() {
  const server = new FakeServer();
  const box = server.database(register);
  const line: { fate: (request: Request) => Fate } = { fate: () => 'deliver' };
  const requests: Request['kind'][] = [];
  const remote = server
    .connect('desk-1', (request) => {
      requests.push(request.kind);
      return line.fate(request);
    })
    .database(register);
  const db = await aPairedDatabase();
  let now = sundayMorning;
  const store = createLocalStore(db, () => now);
  const pull = async () => expect((await pullDocuments(remote, store, { sessionEpoch: 'x' })).ok).toBe(true);
  for (let index = 1; index <= 10; index++) box.put(aCard(cardNumber(index)));
  await box.pack();
  await pull();
  for (let index = 11; index <= many + 11; index++) box.put(aCard(cardNumber(index)));
  await pull();
  box.put(aCard(cardNumber(3), { status: 'lost' }));
  box.delete(cardId(4));
  box.delete(cardId(many + 11));
  await pull();
  requests.length = 0;
  const takeTurn = createRenewal({ remote, store, renewing: store, now: () => now });
  const later = (ms: number) => {
    now += ms;
    return takeTurn();
  };
  const find = (index: number) => findCard(db, { kind: 'number', number: cardNumber(index) });
  const asked = (kind: Request['kind']) => requests.filter((each) => each === kind).length;
  /** What every card of this desk says, however it is kept. */
  const expectAsBefore = async () => {
    expect(await countCards(db)).toBe(many + 9);
    expect([(await find(1))?.status, (await find(3))?.status]).toEqual(['active', 'lost']);
    expect((await find(many + 10))?.status).toBe('active');
    expect([await find(4), await find(many + 11)]).toEqual([undefined, undefined]);
  };
  return { box, db, store, remote, line, requests, asked, pull, takeTurn, later, find, expectAsBefore };
}

describe('a newer snapshot for a desk in use', () => {
  it('S18 takes the place of the rows, together with what changed since', async () => {
    const { box, db, store, later, pull, find, expectAsBefore } = await aGrownDesk();
    expect(await db.cards.count()).toBe(many + 1);
    const { manifest } = await box.pack();
    box.put(aCard(cardNumber(5), { status: 'suspended' }));
    box.delete(cardId(6));
    await pull();
    expect(await later(11 * minute)).toBe(true);
    expect([await db.cards.count(), await db.deletedCards.count()]).toEqual([1, 1]);
    expect((await db.cursors.get(register))?.base?.id).toBe(manifest.digest);
    expect(await db.packed.count()).toBe(manifest.buckets + 1);
    expect(await countCards(db)).toBe(many + 8);
    expect([(await find(5))?.status, await find(6)]).toEqual(['suspended', undefined]);
    expect(await store.cursor(register)).toMatchObject({ seq: String(box.seq), isComplete: true });
    expect(await registerAsOf(db)).toBe(sundayMorning + 11 * minute);

    box.put(aCard(cardNumber(5)));
    box.put(aCard(cardNumber(6)));
    await pull();
    await expectAsBefore();
  });

  it('S18 comes to a desk that began with pages, too', async () => {
    const { box, db, later, pull, expectAsBefore } = await aGrownDesk();
    box.epoch = 'epoch-2';
    await pull();
    expect((await db.cursors.get(register))?.base).toBeUndefined();
    await box.pack();
    expect(await later(11 * minute)).toBe(true);
    expect(await db.cards.count()).toBe(0);
    await expectAsBefore();
  });

  it('S18 is looked for once a day, not at the start, and only when much lies over the one there is', async () => {
    const { box, requests, takeTurn, later } = await aGrownDesk();
    expect(await takeTurn()).toBe(false);
    expect(requests).toEqual([]);
    // There is none that is newer.
    expect(await later(11 * minute)).toBe(false);
    await box.pack();
    expect(await later(day - minute)).toBe(false);
    expect(requests).toEqual(['snapshot']);
    expect(await later(minute)).toBe(true);
    box.put(aCard(cardNumber(5)));
    await box.pack();
    requests.length = 0;
    expect(await later(day)).toBe(false);
    expect(requests).toEqual([]);
  });

  it('S18 an attempt that breaks off changes nothing, and goes on where it was', async () => {
    const { box, line, db, asked, later, expectAsBefore } = await aGrownDesk();
    const { parts } = await box.pack(4_000);
    let sent = 0;
    line.fate = ({ kind }) => (kind === 'part' && ++sent > 2 ? 'lose-answer' : 'deliver');
    expect(await later(11 * minute)).toBe(false);
    await expectAsBefore();
    expect(await db.cards.count()).toBe(many + 1);
    line.fate = () => 'deliver';
    expect(await later(11 * minute)).toBe(true);
    expect(asked('part')).toBe(parts.size + 1);
    await expectAsBefore();
  });

  it('S18 is not put in place without the changes that follow it', async () => {
    const { box, line, db, later, requests, expectAsBefore } = await aGrownDesk();
    await box.pack();
    box.put(aCard(cardNumber(3), { status: 'lost' }));
    line.fate = ({ kind }) => (kind === 'changes' && requests.includes('part') ? 'lose-answer' : 'deliver');
    expect(await later(11 * minute)).toBe(false);
    expect(await db.cards.count()).toBe(many + 1);
    await expectAsBefore();
  });

  it('S18 is left alone when more than a page of changes follows it', async () => {
    const { box, asked, later } = await aGrownDesk();
    await box.pack();
    for (let index = 0; index <= pullPageSize; index++) box.put(aCard(cardNumber(5_000 + index)));
    expect(await later(11 * minute)).toBe(false);
    expect(asked('part')).toBe(0);
  });

  it('S6 an answer from before what another tab has pulled is not written', async () => {
    const { box, db, remote, store, pull, find, asked } = await aGrownDesk();
    await box.pack();
    let now = 0;
    const slow = {
      ...remote,
      async changes(since: string, limit: number) {
        const page = await remote.changes(since, limit);
        if (asked('part') > 0) {
          box.put(aCard(cardNumber(1), { status: 'lost' }));
          await pull();
        }
        return page;
      },
    };
    const takeTurn = createRenewal({ remote: slow, store, renewing: store, now: () => now });
    now = 11 * minute;
    expect(await takeTurn()).toBe(false);
    expect((await find(1))?.status).toBe('lost');
    expect(await db.cards.count()).toBe(many + 2);
  });

  it('S7 the last version that could be read goes on answering', async () => {
    const { box, db, later, pull, find } = await aGrownDesk();
    for (const index of [2, 3, 20]) box.put({ ...aCard(cardNumber(index)), validUntil: 'tomorrow' });
    await pull();
    await box.pack();
    box.put({ ...aCard(cardNumber(30)), validUntil: 'tomorrow' });
    await pull();
    expect(await later(11 * minute)).toBe(true);
    for (const index of [2, 20, 30]) expect((await find(index))?.status).toBe('active');
    expect((await find(3))?.status).toBe('lost');
    expect(await countCards(db)).toBe(many + 9);
    expect(await db.quarantine.count()).toBe(4);
  });

  it('S18 a damaged one is left alone', async () => {
    const { box, asked, later, expectAsBefore } = await aGrownDesk();
    const { parts } = await box.pack();
    for (const name of parts.keys()) parts.set(name, new TextEncoder().encode('<h1>Sign in</h1>'));
    expect(await later(11 * minute)).toBe(false);
    expect(asked('part')).toBe(1);
    await expectAsBefore();
  });

  it('S18 a full disk frees what was loaded, and it is not tried again that day', async () => {
    const { box, db, requests, later, expectAsBefore } = await aGrownDesk();
    const packed = await db.packed.count();
    await box.pack();
    const fail = () => {
      throw new DOMException('The disk is full.', 'QuotaExceededError');
    };
    db.packed.hook('creating', fail);
    await expect(later(11 * minute)).rejects.toThrow('The disk is full.');
    db.packed.hook('creating').unsubscribe(fail);
    expect(await db.packed.count()).toBe(packed);
    await expectAsBefore();
    requests.length = 0;
    expect(await later(11 * minute)).toBe(false);
    expect(requests).toEqual([]);
  });

  it('S11 a device that is revoked meanwhile keeps no card', async () => {
    const { box, line, db, later } = await aGrownDesk();
    await box.pack();
    let revoking: Promise<void> | undefined;
    line.fate = ({ kind }) => {
      if (kind === 'part') revoking = revokeDevice(db);
      return 'deliver';
    };
    expect(await later(11 * minute)).toBe(false);
    await revoking;
    expect(await countCards(db)).toBe(0);
  });
});
