import type { LogDocument } from '../../src/lib/documents/visit-documents';
import { localDate, type Instant } from '../../src/lib/domain/day';
import type { Device } from '../../src/lib/store/device';
import { aChoice, aRelease, aVisit, aVoid, ulidOf } from '../builders';
import type { DeskStore } from './desk';
import { MemoryStore } from './memory-store';
import { databaseOf } from './office';

const zone = 'Europe/Helsinki';

/** A desk whose screens always say yes: rights are not what is fuzzed. */
export class MemoryDesk implements DeskStore {
  readonly local: MemoryStore;
  #ids = 0;
  /** The number of an account's last visit. */
  readonly #numbers = new Map<string, number>();

  constructor(device: Device, now: () => Instant) {
    this.local = new MemoryStore(device, now);
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

  async choose(card: string): Promise<LogDocument> {
    return this.#record(aChoice(this.device.account.name, ++this.#ids, { card, at: this.#at() }));
  }

  async release(id: string): Promise<LogDocument | undefined> {
    const choice = this.#own(id);
    if (choice?.type !== 'choice' || !this.#isOfToday(choice.at) || this.#has(`release:${id}`)) {
      return undefined;
    }
    return this.#record(aRelease(choice, { at: this.#at() }));
  }

  async pair(device: Device): Promise<void> {
    this.local.pair(device);
  }

  async noteContact(skewMs: number, serverNow: Instant): Promise<void> {
    this.local.clock.noteContact(skewMs, serverNow);
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

  #record<T extends LogDocument & { service: string }>(document: T): T {
    this.local.record(databaseOf(document.service), document);
    return document;
  }
}
