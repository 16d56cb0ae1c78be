import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogDocument, VisitDocument } from '../../src/lib/documents/visits/visit-documents';
import { visitHash } from '../../src/lib/documents/visits/visit-hash';
import type { ClockMark, Contact } from '../../src/lib/domain/time/clock';
import { day, hour, type Instant } from '../../src/lib/domain/time/day';
import type { Device } from '../../src/lib/store/device';
import type { LocalStore, RemoteDocument } from '../../src/lib/sync/ports';
import { aCard, aChoice, aRelease, aScheme, aService, aVenue, aVisit, aVoid, cardNumber } from '../builders';
import type { DeskStore } from '../fuzz/desk';
import { aDevice, builtAt, steadyMark, sundayMorning } from '../paired-database';

const [register, catalogue, visits] = ['tiski-register', 'tiski-catalogue', 'tiski-visits-liikunta'];
const card = cardNumber(1);

/** What the sync engine relies on in every store of a device (S3–S13). */
export function describeLocalStore(
  kind: string,
  open: (device: Device, now: () => Instant, clockMark: () => ClockMark) => Promise<DeskStore>,
): void {
  describe(`a device’s store: ${kind}`, () => {
    let desk: DeskStore;
    let store: LocalStore;
    let now: Instant;
    /** The page that the desk works in, and how much its clock is ahead. */
    let mark: ClockMark;

    beforeEach(async () => {
      now = sundayMorning;
      mark = steadyMark;
      desk = await open(
        aDevice(),
        () => now + mark.offset,
        () => mark,
      );
      store = desk.local;
      await load(catalogue, [
        aScheme('warkaus'),
        aVenue('uimahalli'),
        aService('swim', { repeatMinutes: 0 }),
      ]);
      await load(register, [aCard(card)]);
      await load(visits, []);
    });
    afterEach(() => desk.close());

    async function page(
      database: string,
      since: string,
      seq: string,
      documents: readonly RemoteDocument[],
      { epoch = 'epoch-1', isLast = true, deleted = [] as string[] } = {},
    ): Promise<boolean> {
      const changes = [
        ...documents.map((document) => ({ id: document._id, deleted: false, document })),
        ...deleted.map((id) => ({ id, deleted: true })),
      ];
      return store.applyPage(database, { changes, epoch, since, seq, isLast });
    }

    async function load(database: string, documents: readonly RemoteDocument[], epoch = 'epoch-1') {
      await store.startOver(database, epoch);
      expect(await page(database, '0', '10', documents, { epoch })).toBe(true);
    }

    async function logged(): Promise<LogDocument> {
      const document = await desk.log(card, 'swim');
      if (!document) throw new Error('not logged');
      return document;
    }

    const acknowledge = async (...ids: string[]) =>
      store.acknowledge(visits, ids, (await store.cursor(visits))?.epoch);

    const waiting = async () => (await store.waiting(visits, 10)).map(({ _id }) => _id);

    it('S1 what the desk logs waits, as it was made', async () => {
      const visit = await logged();
      expect(await store.waiting(visits, 10)).toEqual([visit]);
      expect(await store.waiting(register, 10)).toEqual([]);
    });

    it('S3 what is acknowledged no longer waits, and stays in the log', async () => {
      const [first, second] = [await logged(), await logged()];
      await acknowledge(first._id);
      expect(await waiting()).toEqual([second._id]);
      expect((await desk.held()).log.has(first._id)).toBe(true);
    });

    it('S3 a document that comes back as it was sent is acknowledged; another under its id is not', async () => {
      const [same, other] = [await logged(), await logged()];
      await page(visits, '10', '12', [
        { ...same, _rev: '1-a' },
        { ...other, card: cardNumber(2), _rev: '1-b' },
      ]);
      expect(await waiting()).toEqual([other._id]);
      expect((await desk.held()).log.get(other._id)).toEqual(other);
    });

    it('S4 what the server refuses is kept, and not sent again', async () => {
      const visit = await logged();
      await store.refuse([{ id: visit._id, status: 403, reason: 'no' }]);
      expect(await waiting()).toEqual([]);
      expect((await desk.held()).outbox.get(visit._id)).toMatchObject({
        state: 'refused',
        refusal: { status: 403, reason: 'no' },
      });
      await load(visits, [], 'epoch-2');
      expect(await waiting()).toEqual([]);
    });

    it('S5 gives the databases that the desk reads, and those that something waits for', async () => {
      await logged();
      expect(await store.databases()).toEqual([catalogue, register, visits]);
      await desk.pair(aDevice({ sectors: [] }));
      expect(await store.databases()).toEqual([catalogue, register, visits]);
    });

    it('S6 a page and its cursor are written together', async () => {
      expect(await page(register, '10', '11', [aCard(card, { status: 'lost' })])).toBe(true);
      expect(await store.cursor(register)).toMatchObject({ epoch: 'epoch-1', seq: '11', isComplete: true });
      expect((await desk.held()).cards.get(card)).toMatchObject({ status: 'lost' });
    });

    it('S6 a page that was asked for with another cursor is not written', async () => {
      expect(await page(register, '9', '11', [aCard(card, { status: 'lost' })])).toBe(false);
      expect(await page(register, '10', '11', [], { epoch: 'epoch-2' })).toBe(false);
      expect(await store.cursor(register)).toMatchObject({ epoch: 'epoch-1', seq: '10' });
      expect((await desk.held()).cards.get(card)).toMatchObject({ status: 'active' });
    });

    it('S6 a pull from zero is complete with its last page', async () => {
      await store.startOver(register, 'epoch-2');
      expect(await store.cursor(register)).toMatchObject({ epoch: 'epoch-2', seq: '0', isComplete: false });
      await page(register, '0', '1', [], { epoch: 'epoch-2', isLast: false });
      expect(await store.cursor(register)).toMatchObject({ seq: '1', isComplete: false });
      await page(register, '1', '2', [], { epoch: 'epoch-2' });
      expect(await store.cursor(register)).toMatchObject({ seq: '2', isComplete: true });
    });

    it('S6 what was deleted goes, but not what waits here', async () => {
      const [sent, unsent] = [await logged(), await logged()];
      await acknowledge(sent._id);
      await page(visits, '10', '12', [], { deleted: [sent._id, unsent._id] });
      await page(register, '10', '12', [], { deleted: [`card:${card}`] });
      const { log, cards, deletedCards } = await desk.held();
      expect([...log.keys()]).toEqual([unsent._id]);
      expect(cards.size).toBe(0);
      expect([...deletedCards]).toEqual([card]);
    });

    it('S7 what can’t be read is set aside, the rest continues, and staff are asked about the last good version', async () => {
      const broken = { ...aCard(card), status: 'frozen' };
      await page(register, '10', '12', [broken, aCard(cardNumber(2))]);
      const { cards, quarantine } = await desk.held();
      expect([...cards.keys()].sort()).toEqual([card, cardNumber(2)].sort());
      expect([...quarantine]).toEqual([[`${register} card:${card}`, 'invalid']]);
      expect([...(await desk.held()).unreadableCards]).toEqual([card]);
      await load(register, [broken], 'epoch-2');
      expect([...(await desk.held()).cards.keys()]).toEqual([card]);
      await page(register, '10', '13', [aCard(card)], { epoch: 'epoch-2' });
      expect((await desk.held()).quarantine.size).toBe(0);
    });

    it('S8 what could not be read goes with the copy that had it, whether or not it was read again meanwhile', async () => {
      const spoilt = { ...aCard(cardNumber(2)), status: 'frozen' };
      await page(register, '10', '11', [aCard(cardNumber(2))]);
      await page(register, '11', '12', [spoilt, { ...aCard(cardNumber(3)), v: 2 }]);
      await store.startOver(register, 'epoch-2');
      await store.reviewQuarantine();
      expect(await store.needsUpdate()).toBe(true);
      await page(register, '0', '1', [aCard(card)], { epoch: 'epoch-2' });
      const { cards, quarantine } = await desk.held();
      expect([...cards.keys()]).toEqual([card]);
      expect([...quarantine.keys()]).toEqual([]);
      expect(await store.needsUpdate()).toBe(false);
    });

    it('S7 a document belongs in one database, and a newer one asks for an update', async () => {
      expect(await store.needsUpdate()).toBe(false);
      await page(visits, '10', '12', [aCard(cardNumber(2)), { ...aVisit('desk-2', 1), v: 2 }]);
      expect((await desk.held()).cards.has(cardNumber(2))).toBe(false);
      expect(await store.needsUpdate()).toBe(true);
      await store.reviewQuarantine();
      expect((await desk.held()).quarantine.size).toBe(2);
    });

    it('S8 starting over offers what this desk logged again, and nothing of others', async () => {
      const [visit, other] = [await logged(), aVisit('desk-2', 1)];
      const undone = await desk.undo(visit._id);
      await page(visits, '10', '11', [other, aVoid(other)]);
      await acknowledge(...(await waiting()));
      expect(await store.startOver(visits, 'epoch-2')).toBe(2);
      expect(await waiting()).toEqual([visit._id, undone?._id]);
      expect(await store.startOver(register, 'epoch-2')).toBe(0);
    });

    it('S8 what was refused because another document had its id is offered to another copy, nothing else', async () => {
      const [taken, wrong] = [await logged(), await logged()];
      await store.refuse([
        { id: taken._id, status: 409, reason: 'another document with this id exists' },
        { id: wrong._id, status: 403, reason: 'no' },
      ]);
      expect(await store.startOver(visits, 'epoch-2')).toBe(1);
      expect(await waiting()).toEqual([taken._id]);
    });

    it('S8 a desk that was paired again also offers what it logged under its former account', async () => {
      const visit = await logged();
      await acknowledge(visit._id);
      await desk.pair(aDevice({ account: { name: 'desk-1-b', password: '' } }));
      const later = await logged();
      await acknowledge(later._id);
      await store.startOver(visits, 'epoch-2');
      expect((await waiting()).sort()).toEqual([visit._id, later._id].sort());
      await desk.pair(aDevice({ deskId: 'd2', account: { name: 'desk-2', password: '' } }));
      await acknowledge(...(await waiting()));
      expect(await store.startOver(visits, 'epoch-3')).toBe(0);
    });

    it('S8 an acknowledgement from a copy that no longer exists counts for nothing', async () => {
      const visit = await logged();
      await store.startOver(visits, 'epoch-2');
      await store.acknowledge(visits, [visit._id], 'epoch-1');
      expect(await waiting()).toEqual([visit._id]);
    });

    it('S8 cards of the old copy answer until the last page is in; then what was not met is swept', async () => {
      await page(register, '10', '11', [aCard(cardNumber(2))]);
      await store.startOver(register, 'epoch-2');
      await page(register, '0', '1', [aCard(card)], { epoch: 'epoch-2', isLast: false });
      expect((await desk.held()).cards.size).toBe(2);
      await page(register, '1', '2', [], { epoch: 'epoch-2' });
      expect([...(await desk.held()).cards.keys()]).toEqual([card]);
    });

    it('S8 visits are never swept', async () => {
      await page(visits, '10', '11', [aVisit('desk-2', 1)]);
      await load(visits, [], 'epoch-2');
      expect((await desk.held()).log.size).toBe(1);
    });

    it('S8 what the office decided goes with the copy that had it, what desks wrote stays', async () => {
      const own = (await logged()) as VisitDocument;
      const [theirs, choice] = [aVisit('desk-2', 1), aChoice('desk-2', 2)];
      const decided = [
        aVoid(own, { by: 'office' }),
        aVoid(theirs, { by: 'office' }),
        aRelease(choice, { by: 'office', reason: 'review' }),
      ];
      const undone = aVoid(aVisit('desk-2', 3));
      await page(visits, '10', '11', [own, theirs, choice, ...decided, undone]);
      await store.startOver(visits, 'epoch-2');
      await page(visits, '0', '1', [theirs], { epoch: 'epoch-2', isLast: false });
      expect((await desk.held()).log.size).toBe(7);
      await page(visits, '1', '2', [choice, decided[1] ?? choice], { epoch: 'epoch-2' });
      const kept = [own, theirs, choice, undone, aVoid(own), aVoid(theirs)];
      expect([...(await desk.held()).log.keys()].sort()).toEqual(kept.map(({ _id }) => _id).sort());
      expect(await waiting()).toEqual([`void:${own._id}`, own._id].sort());
    });

    it('S9 forgets what is old and sent, and keeps what waits', async () => {
      const [sent, unsent] = [await logged(), await logged()];
      await acknowledge(sent._id);
      now += 31 * day;
      await store.prune();
      expect([...(await desk.held()).log.keys()]).toEqual([unsent._id]);
    });

    it('S9 does not keep visits of others that are older than that', async () => {
      await page(visits, '10', '11', [aVisit('desk-2', 1, { at: '2026-10-01T08:00:00.000Z' })]);
      expect((await desk.held()).log.size).toBe(0);
    });

    it('S11 a revoked device keeps its own, under any of its accounts, and pulls nothing', async () => {
      const before = await logged();
      await acknowledge(before._id);
      await desk.pair(aDevice({ account: { name: 'desk-1-b', password: '' } }));
      const after = await logged();
      await page(visits, '10', '11', [aVisit('desk-2', 1)]);
      await store.setAccountState('revoked');
      expect(await store.isRevoked()).toBe(true);
      const { log, cards, cursors } = await desk.held();
      expect([...log.keys()].sort()).toEqual([before._id, after._id].sort());
      expect(cards.size).toBe(0);
      expect([...cursors.keys()]).toEqual([catalogue]);
      expect(await waiting()).toEqual([after._id]);
      await store.startOver(register, 'epoch-1');
      expect(await page(register, '0', '1', [aCard(card)])).toBe(false);
    });

    describe('what no contact has dated yet', () => {
      const contact = (): Contact => ({ skewMs: -mark.offset, serverNow: now, mark });
      const isoOf = (at: Instant) => new Date(at).toISOString();

      it('R13 is not sent before it is dated; with a clock that was not set since, it gets the right time', async () => {
        expect(await store.hasUnconfirmed()).toBe(false);
        mark = { ...steadyMark, offset: 26 * hour };
        const visit = await logged();
        expect(await waiting()).toEqual([]);
        expect(await store.hasUnconfirmed()).toBe(true);
        now += hour;
        await store.confirmTimes(contact());
        expect(await store.hasUnconfirmed()).toBe(false);
        const [dated] = await store.waiting(visits, 10);
        expect(dated).toEqual({ ...visit, at: isoOf(sundayMorning), clockSkewMs: -26 * hour });
        expect((await desk.held()).log.get(visit._id)).toEqual(dated);
      });

      it('R13 says that nobody knows if the page is another one', async () => {
        mark = { session: 'wrong', offset: 26 * hour };
        const visit = await logged();
        mark = { session: 'right', offset: 0 };
        now += hour;
        await store.confirmTimes(contact());
        expect(await store.waiting(visits, 10)).toEqual([
          { ...visit, timeUncertain: { from: isoOf(builtAt), until: isoOf(now) } },
        ]);
      });

      it('R13 S15 holds back what follows it, and relinks that to its new form', async () => {
        mark = { ...steadyMark, offset: 26 * hour };
        const first = await logged();
        await desk.noteContact(contact());
        const second = await logged();
        expect(await waiting()).toEqual([]);
        await store.confirmTimes(contact());
        const sent = (await store.waiting(visits, 10)) as unknown as VisitDocument[];
        expect(sent.map(({ _id }) => _id)).toEqual([first._id, second._id]);
        expect(sent[1]?.previous).toBe(sent[0] && visitHash(sent[0]));
      });

      it('R13 S8 stays undated when another copy of the server asks for everything', async () => {
        mark = { ...steadyMark, offset: 26 * hour };
        await logged();
        await load(visits, [], 'epoch-2');
        expect(await waiting()).toEqual([]);
        expect(await store.hasUnconfirmed()).toBe(true);
      });
    });

    it('S11 let in again it pulls', async () => {
      await store.setAccountState('revoked');
      await store.setAccountState('active');
      expect(await store.isRevoked()).toBe(false);
      await load(register, [aCard(card)]);
    });

    it('S12 notifies when something waits, and not about the server’s answers', async () => {
      let told = 0;
      let isTold: () => void = () => undefined;
      const next = () => new Promise<void>((resolve) => (isTold = resolve));
      const stop = store.onWaiting(() => {
        told++;
        isTold();
      });
      let news = next();
      const visit = await logged();
      await news;
      await store.suspect([{ id: visit._id, status: 500, reason: 'broken' }]);
      news = next();
      await logged();
      await news;
      expect(told).toBe(2);
      stop();
    });

    it('S13 the fifth suspicion refuses', async () => {
      const suspicion = { id: (await logged())._id, status: 500, reason: 'broken' };
      for (let round = 1; round < 5; round++) await store.suspect([suspicion]);
      expect(await waiting()).toEqual([suspicion.id]);
      await store.suspect([suspicion]);
      expect(await waiting()).toEqual([]);
      expect((await desk.held()).outbox.get(suspicion.id)).toMatchObject({
        state: 'refused',
        refusal: { status: 500, reason: 'broken' },
      });
    });
  });
}
