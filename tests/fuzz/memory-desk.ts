import { documentsOfResolution } from '../../src/lib/documents/review/resolve-conflict';
import type { LogDocument } from '../../src/lib/documents/visits/visit-documents';
import type { ClockMark, Contact } from '../../src/lib/domain/time/clock';
import { localDate, type Instant } from '../../src/lib/domain/time/day';
import { catalogueOf } from '../../src/lib/store/catalogue';
import type { Device } from '../../src/lib/store/device';
import type { Change } from '../../src/lib/sync/ports';
import { aChoice, aRelease, aVisit, aVoid, ulidOf } from '../builders';
import { conflictsAmong } from './conflicts';
import { decisionsOf, type Decisions } from './decisions';
import type { DeskStore } from './desk';
import { MemoryStore } from './memory-store';
import { databaseOf } from './office';

const zone = 'Europe/Helsinki';

/**
 * A desk whose screens always say yes: rights are not what is fuzzed. Its staff look at the review list, and resolve, by
 * the engine's own code, which is run here and not judged.
 */
export class MemoryDesk implements DeskStore {
  readonly local: MemoryStore;
  #ids = 0;
  /** The number of an account's last visit. */
  readonly #numbers = new Map<string, number>();

  constructor(
    device: Device,
    now: () => Instant,
    clockMark?: () => ClockMark,
    packed?: (snapshot: string) => readonly Change[],
  ) {
    this.local = new MemoryStore(device, now, clockMark, packed);
  }

  get device(): Device {
    return this.local.device;
  }

  async log(card: string, service: string): Promise<LogDocument> {
    const desk = this.device.account.name;
    const number = (this.#numbers.get(desk) ?? 0) + 1;
    this.#numbers.set(desk, number);
    const changes = { card, service, number, at: this.#at(), _id: `visit:${desk}:${ulidOf(++this.#ids)}` };
    return this.#record(aVisit(desk, number, changes));
  }

  async undo(id: string): Promise<LogDocument | undefined> {
    const visit = this.#own(id);
    if (visit?.type !== 'visit' || !this.#isOfToday(visit.at) || this.#has(`void:${id}`)) return undefined;
    return this.#record(aVoid(visit, { at: this.#at() }));
  }

  async choose(card: string, offering: string): Promise<LogDocument> {
    const changes = { card, offering, at: this.#at() };
    return this.#record(aChoice(this.device.account.name, ++this.#ids, changes));
  }

  async release(id: string): Promise<LogDocument | undefined> {
    const choice = this.#own(id);
    if (choice?.type !== 'choice' || !this.#isOfToday(choice.at) || this.#has(`release:${id}`)) {
      return undefined;
    }
    return this.#record(aRelease(choice, { at: this.#at() }));
  }

  async resolve(kind: 'accept' | 'contact', chance: number): Promise<LogDocument | undefined> {
    const { log, catalogue, cards } = this.local.contents();
    const { now } = this.local.clock.read();
    const context = { catalogue: catalogueOf([...catalogue.values()]), cards };
    const listed = conflictsAmong([...log.values()], context, now).filter(
      ({ state }) => state.kind !== 'settled',
    );
    const review = listed[Math.floor(chance * listed.length)];
    if (!review) return undefined;
    const randomId = () => ulidOf(++this.#ids);
    const made = { by: this.device.account.name, at: now, randomId };
    return this.#record(documentsOfResolution(review.conflict, { kind }, made).resolution);
  }

  tryAgain = (id: string): Promise<void> => this.local.tryAgain(id);
  /** It looks when it is asked. */
  review = async (): Promise<void> => undefined;

  async decisions(now: Instant, isForgotten: (id: string) => boolean): Promise<Decisions> {
    const held = this.local.contents();
    return decisionsOf({ ...held, log: [...held.log.values()] }, now, isForgotten);
  }

  async pair(device: Device): Promise<void> {
    this.local.pair(device);
  }

  async noteContact(contact: Contact): Promise<void> {
    this.local.clock.noteContact(contact);
  }

  held = async () => this.local.contents();
  close = async () => undefined;

  #at = () => new Date(this.local.clock.read().now).toISOString();
  #has = (id: string) => this.local.contents().log.has(id);
  #isOfToday = (at: string) =>
    localDate(Date.parse(at), zone) === localDate(this.local.clock.read().now, zone);

  #own(id: string): LogDocument | undefined {
    const document = this.local.contents().log.get(id);
    return document && 'desk' in document && document.desk === this.device.account.name
      ? document
      : undefined;
  }

  #record<T extends LogDocument>(document: T): T {
    this.local.record(databaseOf(document), document);
    return document;
  }
}
