import { describe, expect, it } from 'vitest';
import { aCard, aScheme, cardNumber } from '../../../tests/builders';
import { FakeServer, type Fate, type Request } from '../../../tests/fake-server';
import { aPairedDatabase, sundayMorning } from '../../../tests/paired-database';
import { unpackPart } from '$lib/remote/snapshot';
import { revokeDevice } from '$lib/store/revoke-device';
import { createLocalStore } from '$lib/store/local-store';
import { listQuarantine } from '$lib/store/quarantine';
import { askRegister, countCards, findCard, registerAsOf, registerTables } from '$lib/store/register';
import { pullDocuments } from './pull-documents';

const register = 'tiski-register';
const code = (index: number) => `LR${index}`;
const coded = (index: number, changes: Parameters<typeof aCard>[1] = {}) =>
  aCard(cardNumber(index), { codes: [{ kind: 'barcode', value: code(index) }], ...changes });

/** A register of `count` cards on a server, and a desk that pulls it. */
async function aRegister(count: number, fate?: (request: Request) => Fate) {
  const server = new FakeServer();
  const box = server.database(register);
  for (let index = 1; index <= count; index++) box.put(coded(index));
  const db = await aPairedDatabase();
  const requests: Request['kind'][] = [];
  const remote = server.connect('desk-1', (request) => {
    requests.push(request.kind);
    return fate?.(request) ?? 'deliver';
  });
  const store = createLocalStore(db, () => sundayMorning);
  const progress: { done: number; total: number }[] = [];
  const pull = () =>
    pullDocuments(remote.database(register), store, {
      sessionEpoch: 'session',
      onProgress: (each) => progress.push(each),
    });
  const standingOf = (index: number) =>
    db.transaction('r', registerTables(db), async () => {
      return (await askRegister(db, { kind: 'number', number: cardNumber(index) })).standing;
    });
  const find = (index: number) => findCard(db, { kind: 'number', number: cardNumber(index) });
  const findByCode = async (index: number) =>
    (await findCard(db, { kind: 'other', value: code(index) }))?.number;
  const asked = (kind: Request['kind']) => requests.filter((each) => each === kind).length;
  return { server, box, db, store, pull, find, findByCode, standingOf, requests, asked, progress };
}

describe('the register by a snapshot', () => {
  it('S18 loads the snapshot and then what changed since: a row beats it, a deletion stays deleted', async () => {
    const { box, db, pull, find, findByCode, asked } = await aRegister(1_000);
    await box.pack();
    box.put(coded(3, { status: 'lost' }));
    box.put(coded(4, { codes: [] }));
    box.delete(`card:${cardNumber(5)}`);
    box.put(coded(1_001));
    expect((await pull()).ok).toBe(true);
    expect(asked('changes')).toBe(1);
    expect(await countCards(db)).toBe(1_000);
    expect(await db.cards.count()).toBe(3);
    expect((await find(3))?.status).toBe('lost');
    expect(await findByCode(4)).toBeUndefined();
    expect(await find(4)).toBeDefined();
    expect([await find(5), await findByCode(5)]).toEqual([undefined, undefined]);
    for (const index of [1, 999, 1_001]) expect(await findByCode(index)).toBe(cardNumber(index));
    expect(await find(1_002)).toBeUndefined();
    expect(await registerAsOf(db)).toBe(sundayMorning);
  });

  it('R1 S18 finds a packed card by its code however it is read, and by the row that beats it', async () => {
    const { box, db, pull } = await aRegister(300);
    const rfid = (value: string) => ({ codes: [{ kind: 'rfid' as const, value }] });
    box.put(aCard(cardNumber(301), rfid('04:a2:90:00:03:b8:90')));
    await box.pack();
    await pull();
    const found = async (value: string) => (await findCard(db, { kind: 'other', value }))?.number;
    expect(await found('04A2900003B890')).toBe(cardNumber(301));
    box.put(aCard(cardNumber(301), rfid('04 a2 90 00 03 b8 91')));
    await pull();
    expect(await found('04-A2-90-00-03-B8-91')).toBe(cardNumber(301));
    expect(await found('04:A2:90:00:03:B8:90')).toBeUndefined();
  });

  it('S18 continues with changes: deleted, made again, changed and changed back, the count is right', async () => {
    const { box, db, pull, find } = await aRegister(300);
    await box.pack();
    await pull();
    const counts: number[] = [];
    const steps = [
      () => box.delete(`card:${cardNumber(7)}`),
      () => box.delete('snapshot:another-epoch'),
      () => box.put(coded(7, { status: 'suspended' })),
      () => box.put(coded(301)),
      () => box.delete(`card:${cardNumber(301)}`),
      () => box.put(coded(7)),
    ];
    for (const step of steps) {
      step();
      await pull();
      counts.push(await countCards(db));
    }
    expect(counts).toEqual([299, 299, 300, 301, 300, 300]);
    expect((await find(7))?.status).toBe('active');
  });

  it('R3 of a packed and a later card with one code the active one counts', async () => {
    const { box, db, pull } = await aRegister(10);
    await box.pack();
    box.put(coded(2, { status: 'replaced' }));
    box.put(coded(11, { codes: [{ kind: 'barcode', value: code(2) }] }));
    box.put(coded(12, { codes: [{ kind: 'barcode', value: code(3) }], status: 'replaced' }));
    await pull();
    expect(await findCard(db, { kind: 'other', value: code(2) })).toMatchObject({ number: cardNumber(11) });
    expect(await findCard(db, { kind: 'other', value: code(3) })).toMatchObject({ number: cardNumber(3) });
  });

  it('S18 reports its progress, in cards', async () => {
    const { box, pull, progress } = await aRegister(1_000);
    await box.pack(4_000);
    await pull();
    expect(progress.length).toBeGreaterThan(3);
    expect(progress.every(({ total }) => total === 1_000)).toBe(true);
    expect(progress.map(({ done }) => done)).toEqual(progress.map(({ done }) => done).sort((a, b) => a - b));
    expect(progress.at(-1)).toEqual({ done: 1_000, total: 1_000 });
  });

  it('S7 what could not be packed is judged as if it had come in a page', async () => {
    const { box, db, store, pull, find } = await aRegister(5);
    box.put(coded(6, { hint: 'half \ud800' }));
    box.put({ ...coded(7), validUntil: 'tomorrow' });
    box.put({ ...coded(8), v: 2 });
    box.put(aScheme('stray'));
    await box.pack();
    await pull();
    expect(await countCards(db)).toBe(8);
    expect((await find(6))?.hint).toBe('half \ud800');
    expect(await store.needsUpdate()).toBe(true);
    expect((await listQuarantine(db)).map(({ id }) => id).sort()).toEqual([
      `card:${cardNumber(7)}`,
      `card:${cardNumber(8)}`,
      'scheme:stray',
    ]);
  });

  it('S7 the last version that could be read stays known, also out of a packed register, but it admits nobody', async () => {
    const { box, db, pull, find, standingOf } = await aRegister(5);
    await box.pack();
    await pull();
    box.put({ ...coded(2), status: 'gone fishing' });
    await pull();
    expect([(await find(2))?.status, await standingOf(2)]).toEqual(['active', 'unreadable']);
    for (const isPacked of [true, false]) {
      box.epoch = `${box.epoch}+`;
      if (isPacked) await box.pack();
      await pull();
      expect([(await find(2))?.status, await standingOf(2)]).toEqual(['active', 'unreadable']);
      expect(await countCards(db)).toBe(5);
    }
    expect(await listQuarantine(db)).toHaveLength(1);
  });

  it('R2 a snapshot includes deleted cards, and pages those that were deleted since', async () => {
    const { box, db, pull, standingOf } = await aRegister(5);
    box.delete(`card:${cardNumber(1)}`);
    await box.pack();
    box.delete(`card:${cardNumber(2)}`);
    await pull();
    const standings = () => Promise.all([1, 2, 3].map(standingOf));
    expect(await standings()).toEqual(['deleted', 'deleted', undefined]);
    expect(await countCards(db)).toBe(3);
    for (const isPacked of [true, false]) {
      box.epoch = `${box.epoch}+`;
      if (isPacked) await box.pack();
      await pull();
      expect(await standings()).toEqual(['deleted', 'deleted', undefined]);
      expect(await countCards(db)).toBe(3);
    }
    expect(await listQuarantine(db)).toEqual([]);
  });

  it('S8 a snapshot of another epoch doesn’t count: pages bring the register', async () => {
    const { box, db, pull, asked } = await aRegister(20);
    await box.pack();
    box.epoch = 'epoch-2';
    await pull();
    expect(await countCards(db)).toBe(20);
    expect([asked('part'), await db.packed.count()]).toEqual([0, 0]);
  });

  it('S8 another epoch with a snapshot replaces rows and an older snapshot', async () => {
    const { box, db, pull, find } = await aRegister(20);
    for (const step of ['rows', 'first', 'second']) {
      await pull();
      expect(await countCards(db), step).toBe(20);
      box.epoch = `epoch-${step}`;
      box.documents.delete(`card:${cardNumber(step === 'rows' ? 1 : 2)}`);
      box.put(coded(step === 'rows' ? 21 : 22, { status: 'lost' }));
      await box.pack();
    }
    await pull();
    expect([await find(1), await find(2)]).toEqual([undefined, undefined]);
    expect([(await find(21))?.status, (await find(22))?.status]).toEqual(['lost', 'lost']);
    expect(await countCards(db)).toBe(20);
    expect(new Set((await db.packed.toArray()).map(({ snapshot }) => snapshot)).size).toBe(1);
  });

  it('S8 a card that was deleted over one snapshot answers again where the next has it', async () => {
    const { box, db, pull, find } = await aRegister(20);
    await box.pack();
    const restore = box.backup();
    await pull();
    box.delete(`card:${cardNumber(3)}`);
    await pull();
    expect(await find(3)).toBeUndefined();
    restore();
    await box.pack();
    await pull();
    expect(await find(3)).toBeDefined();
    expect(await countCards(db)).toBe(20);
  });

  it('S8 another epoch without one sweeps what was packed, and it answers until then', async () => {
    let isCut = false;
    const { box, db, pull, find } = await aRegister(20, ({ kind }) =>
      isCut && kind === 'changes' ? 'lose-request' : 'deliver',
    );
    await box.pack();
    await pull();
    box.epoch = 'epoch-2';
    box.documents.delete(`card:${cardNumber(3)}`);
    isCut = true;
    await pull();
    expect(await find(3)).toBeDefined();
    expect(await countCards(db)).toBe(20);
    isCut = false;
    await pull();
    expect(await find(3)).toBeUndefined();
    expect([await countCards(db), await db.packed.count()]).toEqual([19, 0]);
  });

  it.each([
    ['is cut short', (bytes: Uint8Array<ArrayBuffer>) => bytes.slice(0, -1)],
    [
      'has one other bit',
      (bytes: Uint8Array<ArrayBuffer>) => bytes.map((byte, at) => byte ^ Number(at === 40)),
    ],
    ['is a captive portal’s page', () => new TextEncoder().encode('<h1>Sign in</h1>')],
  ])('S18 a part that %s is not trusted: pages do it', async (_what, spoil) => {
    const { box, db, pull, find } = await aRegister(500);
    const { parts } = await box.pack(2_000);
    const [name = ''] = [...parts.keys()].slice(1);
    parts.set(name, spoil(parts.get(name) ?? new Uint8Array()));
    expect((await pull()).ok).toBe(true);
    expect(await countCards(db)).toBe(500);
    expect(await find(499)).toBeDefined();
    expect((await db.cursors.get(register))?.base).toBeUndefined();
  });

  it('S18 a snapshot of a newer format alarms nobody: pages do it', async () => {
    const { box, db, store, pull, asked } = await aRegister(20);
    const { manifest } = await box.pack();
    box.snapshot = undefined;
    box.put({ ...manifest, format: 2 });
    await pull();
    expect([await countCards(db), asked('part')]).toEqual([20, 0]);
    expect(await store.needsUpdate()).toBe(false);
    expect(await listQuarantine(db)).toEqual([]);
  });

  it('S18 after a cut line the load continues with the part where it stopped', async () => {
    let parts = 0;
    const { box, db, pull, asked } = await aRegister(500, ({ kind }) =>
      kind === 'part' && ++parts === 3 ? 'lose-answer' : 'deliver',
    );
    const { manifest } = await box.pack(2_000);
    expect(await pull()).toEqual({ ok: false, failure: { kind: 'unreachable' } });
    expect([await countCards(db), asked('changes')]).toEqual([0, 0]);
    await pull();
    expect(asked('part')).toBe(manifest.parts.length + 1);
    expect(await countCards(db)).toBe(500);
  });

  it('S18 a newer snapshot in the middle of the load is loaded instead', async () => {
    let parts = 0;
    const desk = await aRegister(500, ({ kind }) => {
      if (kind === 'part' && ++parts === 2) desk.box.snapshot = newer;
      return 'deliver';
    });
    const older = await desk.box.pack(2_000);
    desk.box.put(coded(501));
    const newer = await desk.box.pack(2_000);
    desk.box.snapshot = older;
    await desk.pull();
    expect(await countCards(desk.db)).toBe(501);
    expect((await desk.db.cursors.get(register))?.base?.id).toBe(newer.manifest.digest);
    expect(await desk.db.packed.count()).toBe(newer.manifest.buckets + 1);
  });

  it('S6 a tab that is killed at any write leaves a register that answers', async () => {
    const { box, db, pull, find } = await aRegister(400);
    await pull();
    box.epoch = 'epoch-2';
    box.put(coded(401));
    await box.pack(1_500);
    let writes = 0;
    let isDone = false;
    for (let killedAt = 1; !isDone; killedAt++) {
      writes = 0;
      const die = () => {
        if (++writes >= killedAt) throw new Error('killed');
      };
      db.packed.hook('creating', die);
      db.cursors.hook('updating', die);
      isDone = await pull().then(
        () => true,
        () => false,
      );
      db.packed.hook('creating').unsubscribe(die);
      db.cursors.hook('updating').unsubscribe(die);
      expect(await find(400)).toBeDefined();
    }
    expect(await find(401)).toBeDefined();
    expect(await countCards(db)).toBe(401);
  });

  it('S18 a full disk says so, keeps the old register, and frees what was loaded', async () => {
    const { box, db, pull, find } = await aRegister(400);
    await pull();
    box.epoch = 'epoch-2';
    await box.pack(1_500);
    let rows = 0;
    const fail = () => {
      if (++rows > 2) throw new DOMException('The disk is full.', 'QuotaExceededError');
    };
    db.packed.hook('creating', fail);
    await expect(pull()).rejects.toThrow('The disk is full.');
    db.packed.hook('creating').unsubscribe(fail);
    expect(await db.packed.count()).toBe(0);
    expect(await find(1)).toBeDefined();
    await pull();
    expect(await countCards(db)).toBe(400);
  });

  it('S11 a revoked device forgets what was packed, and a half-loaded one is not put in place', async () => {
    const { box, db, store, pull } = await aRegister(50);
    await box.pack();
    await pull();
    await revokeDevice(db);
    expect([await countCards(db), await db.packed.count(), await db.deletedCards.count()]).toEqual([0, 0, 0]);
    const { manifest, parts } = await box.pack();
    const [part] = manifest.parts;
    const snapshot = {
      ...manifest,
      id: manifest.digest,
      parts: [{ name: '', first: 0, rows: part?.rows ?? 0 }],
    };
    const rows = await unpackPart(parts.get(part?.name ?? '') ?? new Uint8Array(), part?.name ?? '');
    if (!rows.ok) throw new Error('The part is damaged.');
    expect(await store.stagePart(snapshot, 0, rows.value), 'asked for before').toBe(false);
    expect(await db.packed.count()).toBe(0);
    expect(await store.adoptSnapshot(snapshot, 'epoch-1')).toBe(false);
    await pull();
    expect(await countCards(db)).toBe(0);
  });
});
