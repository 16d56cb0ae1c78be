import { describe, expect, it } from 'vitest';
import { aCard, aScheme, aService, aVenue, aVisit, aVoid, cardNumber } from '../../../tests/builders';
import { FakeServer, type Fate, type Request } from '../../../tests/fake-server';
import { aPairedDatabase, sundayMorning } from '../../../tests/paired-database';
import { readCatalogue } from '$lib/store/catalogue';
import { createLocalStore } from '$lib/store/local-store';
import { waitingCount } from '$lib/store/outbox';
import { listQuarantine } from '$lib/store/quarantine';
import { askRegister, countCards, findCard, registerAsOf, registerTables } from '$lib/store/register';
import { noDoubt, timesUntilBelieved } from './judge-epoch';
import { pullDocuments } from './pull-documents';

const register = 'tiski-register';
const visits = 'tiski-visits-liikunta';

async function aPullingDesk(name = register, fate?: (request: Request) => Fate) {
  const server = new FakeServer();
  const box = server.database(name);
  const db = await aPairedDatabase();
  const requests: Request[] = [];
  const remote = server.connect('desk-1', (request) => {
    requests.push(request);
    return fate?.(request) ?? 'deliver';
  });
  let now = sundayMorning;
  const store = createLocalStore(db, () => now);
  const progress: { done: number; total: number }[] = [];
  const doubt = noDoubt();
  const pull = (pageSize = 1_000, sessionEpoch = 'session') =>
    pullDocuments(remote.database(name), store, {
      sessionEpoch,
      doubt,
      pageSize,
      onProgress: (each) => progress.push(each),
    });
  const statusOf = async (index: number) =>
    (await findCard(db, { kind: 'number', number: cardNumber(index) }))?.status;
  const standingOf = async (index: number) =>
    db.transaction('r', registerTables(db), async () => {
      return (await askRegister(db, { kind: 'number', number: cardNumber(index) })).standing;
    });
  return {
    server,
    box,
    db,
    store,
    pull,
    requests,
    progress,
    statusOf,
    standingOf,
    later: (ms: number) => (now += ms),
  };
}

const fill = (box: { put(document: ReturnType<typeof aCard>): void }, count: number) => {
  for (let index = 1; index <= count; index++) box.put(aCard(cardNumber(index)));
};

describe('pulling', () => {
  it('S6 brings everything, page by page, and then only what is new', async () => {
    const { box, db, pull, progress, statusOf } = await aPullingDesk();
    fill(box, 25);
    expect((await pull(10)).ok).toBe(true);
    expect(await countCards(db)).toBe(25);
    expect(progress).toEqual([
      { done: 10, total: 25 },
      { done: 20, total: 25 },
      { done: 25, total: 25 },
    ]);
    box.put(aCard(cardNumber(3), { status: 'suspended' }));
    box.delete(`card:${cardNumber(4)}`);
    await pull(10);
    expect(progress.at(-1)).toEqual({ done: 2, total: 2 });
    expect(await statusOf(3)).toBe('suspended');
    expect(await statusOf(4)).toBeUndefined();
  });

  it('S6 a page that can not be written leaves its cursor where it was', async () => {
    const { box, db, pull } = await aPullingDesk();
    fill(box, 5);
    await pull(2);
    fill(box, 8);
    const before = await db.cursors.get(register);
    const fail = () => {
      throw new DOMException('The disk is full.', 'QuotaExceededError');
    };
    db.cards.hook('creating', fail);
    await expect(pull(20)).rejects.toThrow('The disk is full.');
    expect(await db.cursors.get(register)).toEqual(before);
    expect(await countCards(db)).toBe(5);
    db.cards.hook('creating').unsubscribe(fail);
    await pull(20);
    expect(await countCards(db)).toBe(8);
  });

  it('S6 continues from the page where the line was cut', async () => {
    let changes = 0;
    const { box, db, pull, requests } = await aPullingDesk(register, ({ kind }) =>
      kind === 'changes' && ++changes === 3 ? 'lose-answer' : 'deliver',
    );
    fill(box, 25);
    expect(await pull(10)).toEqual({ ok: false, failure: { kind: 'unreachable' } });
    expect(await countCards(db)).toBe(20);
    await pull(10);
    expect(await countCards(db)).toBe(25);
    expect(requests.filter(({ kind }) => kind === 'changes')).toHaveLength(4);
  });

  it('S6 two tabs without a lock do not write over one another', async () => {
    const { box, db, store, pull } = await aPullingDesk();
    fill(box, 3);
    await pull();
    const stale = { changes: [], epoch: 'epoch-1', since: '1', seq: '2', isLast: true };
    expect(await store.applyPage(register, stale)).toBe(false);
    expect((await db.cursors.get(register))?.seq).toBe('3');
  });

  it('S7 a document with wrong fields goes to quarantine with its faults, the rest continue', async () => {
    const { box, db, pull } = await aPullingDesk();
    box.put(aCard(cardNumber(1)));
    box.put({ ...aCard(cardNumber(2)), validUntil: 'tomorrow' });
    box.put({ _id: 'card:nonsense' });
    box.put({ ...aVisit('desk-2', 1) });
    box.put({ _id: '_design/validation', validate_doc_update: '' });
    box.put(aCard(cardNumber(3)));
    expect((await pull()).ok).toBe(true);
    // There is a card of the broken document's number, of which staff are asked.
    expect(await countCards(db)).toBe(3);
    const quarantine = await listQuarantine(db);
    expect(new Map(quarantine.map(({ id, unreadable }) => [id, unreadable.reason]))).toEqual(
      new Map([
        [`card:${cardNumber(2)}`, 'invalid'],
        ['card:nonsense', 'unknown-type'],
        [aVisit('desk-2', 1)._id, 'invalid'],
      ]),
    );
    expect(quarantine.find(({ id }) => id === `card:${cardNumber(2)}`)).toMatchObject({
      unreadable: { faults: expect.arrayContaining(['validUntil: must be a day that exists']) },
      document: { validUntil: 'tomorrow' },
    });
  });

  it('S7 of what can’t be read the last version stays known, also after a pull from zero, but it admits nobody', async () => {
    const { box, db, pull, statusOf, standingOf } = await aPullingDesk();
    box.put(aCard(cardNumber(1)));
    await pull();
    expect(await standingOf(1)).toBeUndefined();
    box.put({ ...aCard(cardNumber(1)), status: 'gone fishing' });
    await pull();
    expect([await statusOf(1), await standingOf(1)]).toEqual(['active', 'unreadable']);
    box.epoch = 'epoch-2';
    await pull();
    expect([await statusOf(1), await standingOf(1)]).toEqual(['active', 'unreadable']);
    box.put(aCard(cardNumber(1), { status: 'lost' }));
    await pull();
    expect([await statusOf(1), await standingOf(1)]).toEqual(['lost', undefined]);
    expect(await listQuarantine(db)).toEqual([]);
  });

  it('S7 a status that can be read counts, whatever else in its version can’t', async () => {
    const { box, pull, statusOf, standingOf } = await aPullingDesk();
    fill(box, 3);
    await pull();
    box.put({ ...aCard(cardNumber(1), { status: 'lost' }), v: 2 });
    box.put({ ...aCard(cardNumber(2), { status: 'ended' }), rights: 'all' });
    box.put({ ...aCard(cardNumber(3), { status: 'active' }), hint: 'x'.repeat(100), codes: 'none' });
    await pull();
    expect([await statusOf(1), await standingOf(1)]).toEqual(['lost', undefined]);
    expect([await statusOf(2), await standingOf(2)]).toEqual(['ended', 'unreadable']);
    // Codes and a hint decide nothing.
    expect([await statusOf(3), await standingOf(3)]).toEqual(['active', undefined]);
  });

  it('S7 a card of which nothing can be read is not unknown: staff are asked', async () => {
    const { box, pull, statusOf, standingOf } = await aPullingDesk();
    box.put({ _id: `card:${cardNumber(1)}`, type: 'card', v: 2, number: cardNumber(1), state: {} });
    box.put({ ...aCard(cardNumber(2)), _id: `card:${cardNumber(3)}` });
    await pull();
    expect([await statusOf(1), await standingOf(1)]).toEqual([undefined, 'unreadable']);
    expect([await statusOf(3), await standingOf(3)]).toEqual([undefined, 'unreadable']);
    expect([await statusOf(2), await standingOf(2)]).toEqual([undefined, undefined]);
  });

  it('R2 a deleted card is remembered, even if this device never had it and after a pull from zero, until it is back', async () => {
    const { box, pull, statusOf, standingOf } = await aPullingDesk();
    fill(box, 3);
    box.delete(`card:${cardNumber(1)}`);
    await pull();
    box.delete(`card:${cardNumber(2)}`);
    await pull();
    expect(await Promise.all([1, 2, 3].map(standingOf))).toEqual(['deleted', 'deleted', undefined]);
    box.epoch = 'epoch-2';
    await pull();
    expect(await Promise.all([1, 2, 3].map(standingOf))).toEqual(['deleted', 'deleted', undefined]);
    box.put(aCard(cardNumber(2)));
    await pull();
    expect([await statusOf(2), await standingOf(2)]).toEqual(['active', undefined]);
  });

  it('S8 a restored server that never had a card does not call it deleted', async () => {
    const { box, pull, standingOf } = await aPullingDesk();
    fill(box, 3);
    const restore = box.backup();
    box.put(aCard(cardNumber(4)));
    box.delete(`card:${cardNumber(4)}`);
    await pull();
    expect(await standingOf(4)).toBe('deleted');
    restore();
    box.epoch = 'epoch-2';
    await pull();
    expect(await standingOf(4)).toBeUndefined();
  });

  it('S7 a document of a newer version asks for an update, and is read after it', async () => {
    const { box, db, store, pull, statusOf } = await aPullingDesk();
    box.put({ ...aCard(cardNumber(1)), v: 2 });
    await pull();
    expect(await store.needsUpdate()).toBe(true);
    // What an updated app would find readable.
    await db.quarantine.toCollection().modify({ document: aCard(cardNumber(1)) });
    await store.reviewQuarantine();
    expect(await store.needsUpdate()).toBe(false);
    expect(await statusOf(1)).toBe('active');
  });

  it('S7 a card in the visits of a sector is not trusted', async () => {
    const { box, db, pull } = await aPullingDesk(visits);
    box.put(aCard(cardNumber(1)));
    await pull();
    expect(await countCards(db)).toBe(0);
    expect(await listQuarantine(db)).toMatchObject([{ unreadable: { reason: 'invalid' } }]);
  });

  it('S8 another epoch is pulled from zero; deleted cards go, the others are found all the while', async () => {
    const { box, db, pull, statusOf, requests } = await aPullingDesk();
    fill(box, 5);
    await pull();
    const restore = box.backup();
    fill(box, 4);
    restore();
    box.documents.delete(`card:${cardNumber(5)}`);
    const seen: unknown[] = [];
    db.cursors.hook('updating', () => void seen.push(1));
    requests.length = 0;
    let found = true;
    const looking = (async () => {
      while (seen.length < 3) found &&= (await statusOf(1)) === 'active';
    })();
    await pull(2);
    await looking;
    expect(found).toBe(true);
    expect(requests.filter(({ kind }) => kind === 'changes')).toHaveLength(2);
    expect(await countCards(db)).toBe(4);
  });

  it('S8 a pull from zero that is cut off keeps every card until it has ended', async () => {
    let isCut = true;
    let changes = 0;
    const { box, db, pull } = await aPullingDesk(register, ({ kind }) =>
      kind === 'changes' && isCut && ++changes > 2 ? 'lose-request' : 'deliver',
    );
    isCut = false;
    fill(box, 6);
    await pull();
    box.epoch = 'epoch-2';
    box.documents.delete(`card:${cardNumber(6)}`);
    isCut = true;
    await pull(2);
    expect(await countCards(db)).toBe(6);
    isCut = false;
    await pull(2);
    expect(await countCards(db)).toBe(5);
  });

  it('S8 a missing epoch is not another copy for a desk that has one, and is reported as trouble', async () => {
    const { box, db, pull, requests } = await aPullingDesk();
    fill(box, 3);
    await pull();
    const before = await db.cursors.get(register);
    box.epoch = undefined;
    expect(await pull()).toMatchObject({ ok: false, failure: { kind: 'server-error', status: 503 } });
    expect(await db.cursors.get(register)).toEqual(before);
    expect(requests.at(-1)).toMatchObject({ kind: 'epoch' });
    box.epoch = 'epoch-1';
    fill(box, 4);
    expect((await pull()).ok).toBe(true);
    expect(await countCards(db)).toBe(4);
  });

  it('S8 two epochs in turn are pulled from zero once each, and one that stays is trusted in the end', async () => {
    const { box, db, pull, progress } = await aPullingDesk();
    fill(box, 3);
    await pull();
    progress.length = 0;
    for (let turn = 0; turn < 20; turn++) {
      box.epoch = turn % 2 === 0 ? 'epoch-2' : 'epoch-1';
      expect((await pull()).ok).toBe(turn % 2 === 0);
    }
    expect(progress.filter(({ done }) => done === 3)).toHaveLength(1);
    expect(await db.cursors.get(register)).toMatchObject({ epoch: 'epoch-2', left: ['epoch-1'] });
    // By now the last answer was one in a row.
    for (let times = 2; times < timesUntilBelieved; times++) expect((await pull()).ok).toBe(false);
    expect((await pull()).ok).toBe(true);
    expect(await db.cursors.get(register)).toMatchObject({ epoch: 'epoch-1', left: ['epoch-2'] });
    // A restore's new one at once.
    box.epoch = 'epoch-3';
    expect((await pull()).ok).toBe(true);
    expect((await db.cursors.get(register))?.left).toEqual(['epoch-1', 'epoch-2']);
  });

  it('S8 a missing epoch makes a cursor valid for one session only', async () => {
    const { box, pull, progress } = await aPullingDesk();
    box.epoch = undefined;
    fill(box, 3);
    await pull(10, 'session-1');
    await pull(10, 'session-1');
    expect(progress.map(({ done }) => done)).toEqual([3, 0]);
    await pull(10, 'session-2');
    expect(progress.at(-1)).toEqual({ done: 3, total: 3 });
  });

  it('S8 a cursor beyond the last change is pulled from zero: files were put back under it', async () => {
    const { box, db, pull } = await aPullingDesk();
    fill(box, 3);
    const { documents, seq } = { documents: new Map(box.documents), seq: box.seq };
    fill(box, 9);
    await pull();
    box.documents = documents;
    box.seq = seq;
    await pull();
    expect(await countCards(db)).toBe(3);
  });

  it('S8 a cursor that the server can not read is pulled from zero', async () => {
    const refused: Fate = { kind: 'rejected', status: 400, reason: 'Malformed sequence' };
    let isForeign = false;
    let isAsked = false;
    const { box, db, pull } = await aPullingDesk(register, ({ kind }) => {
      if (kind !== 'changes' || !isForeign || isAsked) return 'deliver';
      isAsked = true;
      return refused;
    });
    fill(box, 3);
    await pull();
    isForeign = true;
    expect((await pull()).ok).toBe(true);
    expect(await countCards(db)).toBe(3);
  });

  it('S8 another epoch brings every own visit and void back into the outbox, and no others', async () => {
    const { box, db, pull } = await aPullingDesk(visits);
    const own = aVisit('desk-1', 1);
    box.put(own);
    box.put(aVoid(own));
    box.put(aVisit('desk-2', 2));
    await pull();
    expect(await waitingCount(db)).toBe(0);
    box.documents.clear();
    box.epoch = 'epoch-2';
    await pull();
    expect((await db.outbox.toCollection().primaryKeys()).sort()).toEqual([own._id, `void:${own._id}`]);
    expect(await db.visits.count()).toBe(2);
  });

  it('S8 what was refused does not wait again after another epoch', async () => {
    const { box, db, store, pull } = await aPullingDesk(visits);
    const own = aVisit('desk-1', 1);
    box.put(own);
    await pull();
    await db.outbox.add({ id: own._id, database: visits, state: 'waiting', at: 0, document: own });
    await store.refuse([{ id: own._id, status: 403, reason: 'no' }]);
    box.documents.clear();
    box.epoch = 'epoch-2';
    await pull();
    expect(await waitingCount(db)).toBe(0);
  });

  it('S3 an own document that comes back as it was sent is acknowledged', async () => {
    const { box, db, pull } = await aPullingDesk(visits);
    const [same, other] = [aVisit('desk-1', 1), aVisit('desk-1', 2)];
    for (const document of [same, other]) {
      const id = document._id;
      await db.outbox.add({ id, database: visits, state: 'waiting', at: 0, document });
    }
    box.put(same);
    box.put({ ...other, card: cardNumber(7) });
    await pull();
    expect(await db.outbox.toCollection().primaryKeys()).toEqual([other._id]);
  });

  it('S14 the age of the register is that of the last contact, with or without changes', async () => {
    const { db, pull, later } = await aPullingDesk();
    await pull();
    expect(await registerAsOf(db)).toBe(sundayMorning);
    later(60_000);
    await pull();
    expect(await registerAsOf(db)).toBe(sundayMorning + 60_000);
  });

  it('S14 the register has no age before it is complete', async () => {
    let changes = 0;
    const { box, db, pull } = await aPullingDesk(register, ({ kind }) =>
      kind === 'changes' && ++changes > 1 ? 'lose-request' : 'deliver',
    );
    fill(box, 3);
    await pull(2);
    expect(await countCards(db)).toBe(2);
    expect(await registerAsOf(db)).toBeUndefined();
  });

  it('S9 of years of visits a new desk keeps those that a server or a limit may need', async () => {
    const server = new FakeServer();
    const db = await aPairedDatabase();
    const store = createLocalStore(db, () => sundayMorning);
    for (const document of [
      aScheme('warkaus'),
      aVenue('uimahalli'),
      aService('swim'),
      aService('course', { rule: { kind: 'limit', n: 10, per: 'validity' } }),
      aService('season', { rule: { kind: 'limit', n: 10, per: 'season' } }),
    ]) {
      server.database('tiski-catalogue').put(document);
    }
    const at = (date: string) => `${date}T08:00:00.000Z`;
    const box = server.database(visits);
    box.put(aVisit('desk-2', 1, { at: at('2026-11-01') }));
    box.put(aVisit('desk-2', 2, { at: at('2026-10-01') }));
    box.put(aVisit('desk-2', 3, { at: at('2020-10-01'), service: 'course' }));
    box.put(aVisit('desk-2', 4, { at: at('2026-01-01'), service: 'season' }));
    box.put(aVisit('desk-2', 5, { at: at('2024-01-01'), service: 'season' }));
    const remote = server.connect('desk-1');
    for (const name of ['tiski-catalogue', visits]) {
      await pullDocuments(remote.database(name), store, { sessionEpoch: 'session' });
    }
    const kept = (await db.visits.toArray()).map(({ document }) => document.number);
    expect(kept.sort()).toEqual([1, 3, 4]);
    expect((await readCatalogue(db)).services.size).toBe(3);
  });
});
