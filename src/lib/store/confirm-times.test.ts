import { describe, expect, it } from 'vitest';
import type { LogDocument, VisitDocument } from '$lib/documents/visits/visit-documents';
import { visitHash } from '$lib/documents/visits/visit-hash';
import type { Contact } from '$lib/domain/time/clock';
import { hour } from '$lib/domain/time/day';
import { aCard, aScheme, aService, aVenue, cardNumber, ulidOf } from '../../../tests/builders';
import { aPairedDatabase, load, sundayMorning } from '../../../tests/paired-database';
import { makeOfficeKey } from '../../server/keys/office-key';
import { rescueKeyDocumentOf } from '../../server/keys/rescue-key';
import { checkVisit } from './check-visit';
import { noteContact } from './clock';
import { confirmTimes } from './confirm-times';
import type { TiskiDatabase } from './database';
import { createLocalStore } from './local-store';
import { logVisit } from './log-visit';
import { waitingCount } from './outbox';
import { collectRescue } from './rescue';
import { listReviews, reviewQueued } from './reviews';
import { voidVisit } from './void-visit';

const visits = 'tiski-visits-liikunta';
const cards = [1, 2, 3, 4].map(cardNumber);
const catalogue = [
  aScheme('warkaus'),
  aVenue('uimahalli'),
  aService('swim', { rule: { kind: 'limit', n: 1, per: 'day' }, repeatMinutes: 0 }),
];

/** A device whose clock may be set, and whose page may be reopened; true time is the test's. */
class Device {
  ahead = 0;
  page = 1;
  time = sundayMorning;
  #ids = 0;
  private constructor(readonly db: TiskiDatabase) {}

  static async open(): Promise<Device> {
    const clock: { device?: Device } = {};
    const mark = () => clock.device?.mark() ?? { session: 'none', offset: 0 };
    const db = await aPairedDatabase(undefined, mark);
    const device = (clock.device = new Device(db));
    await load(db, 'tiski-catalogue', catalogue);
    await load(
      db,
      'tiski-register',
      cards.map((number) => aCard(number)),
    );
    await load(db, visits, []);
    await noteContact(db, device.contact());
    return device;
  }

  mark = () => ({ session: `page ${this.page}`, offset: this.ahead });
  now = () => this.time + this.ahead;
  contact = (): Contact => ({ skewMs: -this.ahead, serverNow: this.time, mark: this.mark() });

  async log(card = cards[0] ?? ''): Promise<string> {
    const deviceNow = this.now();
    const check = await checkVisit(this.db, { text: card, service: 'swim' }, deviceNow);
    const made = await logVisit(this.db, check, { deviceNow, randomId: () => ulidOf(++this.#ids) });
    if (made.kind !== 'logged') throw new Error(made.kind);
    return made.visitId;
  }

  /** What may be sent. */
  sendable = async () => (await createLocalStore(this.db, this.now).waiting(visits, 100)) as LogDocument[];
  confirm = () => confirmTimes(this.db, this.contact(), this.now());

  async reviews(): Promise<[string, number][]> {
    await reviewQueued(this.db, this.now());
    return (await listReviews(this.db)).map(({ conflict }) => [conflict.id, conflict.entries.length]);
  }
}

const iso = (at: number) => new Date(at).toISOString();

describe('what was logged before a contact', () => {
  it('R13 goes at once while the clock still has the offset of the last contact', async () => {
    const device = await Device.open();
    device.time += 20 * hour;
    await device.log();
    expect(await device.sendable()).toHaveLength(1);
  });

  it('R13 26 hours ahead: it waits for the contact, and gets the right time everywhere', async () => {
    const device = await Device.open();
    device.ahead = 26 * hour;
    device.time += hour;
    const id = await device.log();
    expect(await device.sendable()).toEqual([]);
    expect(await waitingCount(device.db)).toBe(1);

    device.time += hour;
    await device.confirm();
    const [sent] = await device.sendable();
    const at = sundayMorning + hour;
    expect(sent).toMatchObject({ _id: id, at: iso(at), clockSkewMs: -26 * hour });
    expect(await device.db.visits.get(id)).toMatchObject({ at, document: sent });
    expect(await device.db.outbox.get(id)).toEqual({
      id,
      database: visits,
      state: 'waiting',
      at,
      document: sent,
    });
    expect(await device.reviews()).toEqual([]);
  });

  it('R13 set right before the contact: the time stays, and the desk’s review lists it', async () => {
    const device = await Device.open();
    device.ahead = 26 * hour;
    device.time += hour;
    const id = await device.log();
    device.ahead = 0;
    device.time += hour;
    await device.confirm();
    const [sent] = await device.sendable();
    const until = iso(sundayMorning + 2 * hour);
    expect(sent).toMatchObject({ at: iso(sundayMorning + 27 * hour), timeUncertain: { until } });
    expect(await device.reviews()).toEqual([[`times:desk-1:swim:${until}`, 1]]);
    const undone = await voidVisit(device.db, id, { deviceNow: device.now() + 26 * hour });
    expect(undone).toEqual({ kind: 'voided' });
    expect(await device.reviews()).toEqual([]);
  });

  it('R13 the page was reopened: one review entry for all of them', async () => {
    const device = await Device.open();
    device.ahead = 26 * hour;
    for (const card of cards) await device.log(card);
    device.page += 1;
    device.time += hour;
    await device.confirm();
    expect(await device.reviews()).toEqual([[`times:desk-1:swim:${iso(device.time)}`, cards.length]]);
  });

  it('R13 S15 the chain holds, and nothing overtakes a visit that it may have to be relinked to', async () => {
    const device = await Device.open();
    await device.log(cards[0]);
    device.ahead = 26 * hour;
    await device.log(cards[1]);
    // Another lane had an answer before the push lane asked: the time of this one is certain.
    await noteContact(device.db, device.contact());
    await device.log(cards[2]);
    expect(await device.sendable()).toHaveLength(1);
    await device.confirm();
    await device.log(cards[3]);
    const sent = (await device.sendable()).filter((each) => each.type === 'visit');
    expect(sent.map(({ at }) => at)).toEqual(cards.map(() => iso(sundayMorning)));
    expect(sent.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(sent.slice(1).map(({ previous }) => previous)).toEqual(sent.slice(0, -1).map(visitHash));
  });

  it('R13 R7 a limit exceeded on the correct day is found', async () => {
    const device = await Device.open();
    await device.log();
    device.ahead = 26 * hour;
    await device.log();
    expect(await device.reviews()).toEqual([]);
    await device.confirm();
    expect(await device.reviews()).toEqual([[`limit:${cards[0]}:swim:2026-11-22`, 2]]);
  });

  it('R13 R8 a visit that is dated ahead does not keep the card out until then', async () => {
    const device = await Device.open();
    await load(device.db, 'tiski-catalogue', [aScheme('warkaus'), aVenue('uimahalli'), aService('swim')]);
    device.ahead = 26 * hour;
    await device.log();
    device.ahead = 0;
    device.time += hour;
    await device.confirm();
    expect(await device.log()).toBeDefined();
  });

  it('R13 is confirmed once: another tab’s contact changes nothing any more', async () => {
    const device = await Device.open();
    device.ahead = 26 * hour;
    await device.log();
    await device.confirm();
    const sent = await device.sendable();
    device.ahead = -hour;
    await device.confirm();
    expect(await device.sendable()).toEqual(sent);
  });

  it('R13 S16 what goes by file is dated on the spot, and never changes again', async () => {
    const device = await Device.open();
    const key = rescueKeyDocumentOf(await makeOfficeKey(new Date(sundayMorning)));
    await load(device.db, 'tiski-catalogue', [key, ...catalogue]);
    await device.log(cards[0]);
    device.page += 1;
    await device.log(cards[1]);
    const rescue = await collectRescue(device.db, device.now());
    if (rescue.kind !== 'ready') throw new Error(rescue.kind);
    const saved = rescue.content.entries.map(({ document }) => document as VisitDocument);
    expect(saved.map(({ timeUncertain }) => timeUncertain)).toEqual([
      undefined,
      { from: iso(sundayMorning) },
    ]);
    await device.confirm();
    expect(await device.sendable()).toEqual(saved);
  });
});
