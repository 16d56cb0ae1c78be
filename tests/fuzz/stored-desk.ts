import type { LogDocument } from '../../src/lib/documents/visits/visit-documents';
import type { ClockMark, Contact } from '../../src/lib/domain/time/clock';
import type { Instant } from '../../src/lib/domain/time/day';
import { checkVisit } from '../../src/lib/store/check-visit';
import { chooseOffering, isChoice, releaseChoice } from '../../src/lib/store/choose-offering';
import { noteContact } from '../../src/lib/store/clock';
import type { TiskiDatabase } from '../../src/lib/store/database';
import { saveDevice, type Device } from '../../src/lib/store/device';
import { withoutReleased } from '../../src/lib/store/history';
import { createLocalStore } from '../../src/lib/store/local-store';
import { logVisit } from '../../src/lib/store/log-visit';
import { tryAgain } from '../../src/lib/store/outbox';
import { resolveReview } from '../../src/lib/store/resolve-review';
import { reviewQueued } from '../../src/lib/store/reviews';
import { voidVisit } from '../../src/lib/store/void-visit';
import type { LocalStore } from '../../src/lib/sync/ports';
import { ulidOf } from '../builders';
import { aPairedDatabase } from '../paired-database';
import { isComparable, type Decisions } from './decisions';
import type { DeskStore } from './desk';
import type { Held } from './held';
import { heldBy } from './held-by';

/** A desk with its real store and its screens' verbs, over a database that is only in memory. */
export class StoredDesk implements DeskStore {
  readonly local: LocalStore;
  #ids = 0;

  private constructor(
    private readonly db: TiskiDatabase,
    public device: Device,
    private readonly now: () => Instant,
  ) {
    this.local = createLocalStore(db, now);
  }

  static async open(device: Device, now: () => Instant, clockMark?: () => ClockMark): Promise<StoredDesk> {
    return new StoredDesk(await aPairedDatabase(device, clockMark), device, now);
  }

  /** A desk offers only services that are in its catalogue. */
  async log(card: string, service: string): Promise<LogDocument | undefined> {
    if (!(await this.#knows(service))) return undefined;
    const deviceNow = this.now();
    const check = await checkVisit(this.db, { text: card, service }, deviceNow);
    if (check.verdict.outcome === 'already-logged') return undefined;
    const override = check.verdict.outcome === 'refuse' ? { override: 'staff-decision' as const } : {};
    const result = await logVisit(this.db, check, { deviceNow, randomId: this.#randomId, ...override });
    return result.kind === 'logged' ? result.document : undefined;
  }

  async undo(visit: string): Promise<LogDocument | undefined> {
    const result = await voidVisit(this.db, visit, { deviceNow: this.now() });
    return result.kind === 'voided' ? (await this.db.voids.get(visit))?.document : undefined;
  }

  async choose(card: string, offering: string): Promise<LogDocument | undefined> {
    if (!(await this.#knows('course'))) return undefined;
    const deviceNow = this.now();
    const question = { text: card, service: 'course', offering };
    const check = await checkVisit(this.db, question, deviceNow);
    if (!isChoice(check)) return undefined;
    const result = await chooseOffering(this.db, check, { deviceNow, randomId: this.#randomId });
    return result.kind === 'chosen' ? result.document : undefined;
  }

  async release(choice: string): Promise<LogDocument | undefined> {
    const result = await releaseChoice(this.db, choice, { deviceNow: this.now() });
    return result.kind === 'released' ? (await this.db.releases.get(choice))?.document : undefined;
  }

  async resolve(kind: 'accept' | 'contact', chance: number): Promise<LogDocument | undefined> {
    const rows = await this.db.reviews.orderBy('id').toArray();
    const row = rows[Math.floor(chance * rows.length)];
    if (!row) return undefined;
    const ulid = this.#randomId();
    const options = { deviceNow: this.now(), randomId: () => ulid };
    const result = await resolveReview(this.db, row.conflict, { kind }, options);
    if (result.kind !== 'resolved') return undefined;
    return (await this.db.resolutions.get(`resolution:${this.device.account.name}:${ulid}`))?.document;
  }

  tryAgain = (id: string): Promise<void> => tryAgain(this.db, id);
  review = (): Promise<void> => reviewQueued(this.db, this.now());

  async decisions(now: Instant, isForgotten: (id: string) => boolean): Promise<Decisions> {
    await this.review();
    const standing = await withoutReleased(this.db, await this.db.choices.toArray());
    const listed = (await this.db.reviews.orderBy('id').toArray()).filter(({ conflict }) =>
      isComparable(conflict, now, isForgotten),
    );
    return {
      standing: standing.map(({ _id }) => _id).sort(),
      open: listed.filter(({ contacted }) => !contacted).map(({ id }) => id),
      contacted: listed.filter(({ contacted }) => contacted).map(({ id }) => id),
    };
  }

  async pair(device: Device): Promise<void> {
    await saveDevice(this.db, device);
    this.device = device;
  }

  noteContact = (contact: Contact) => noteContact(this.db, contact);
  held = (): Promise<Held> => heldBy(this.db);
  close = (): Promise<void> => this.db.delete();

  #randomId = () => ulidOf(++this.#ids);

  async #knows(service: string): Promise<boolean> {
    return (await this.db.catalogue.get(`service:${service}`)) !== undefined;
  }
}
