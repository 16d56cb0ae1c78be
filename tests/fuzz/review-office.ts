import type { TiskiDocument } from '../../src/lib/documents/parse-document';
import type { Review } from '../../src/lib/documents/review/find-conflicts';
import { documentsOfResolution, type Resolving } from '../../src/lib/documents/review/resolve-conflict';
import type { ChoiceDocument, LogDocument } from '../../src/lib/documents/visits/visit-documents';
import type { Instant } from '../../src/lib/domain/time/day';
import { catalogueOf } from '../../src/lib/store/catalogue';
import { aRelease, ulidOf } from '../builders';
import type { FakeServer } from '../fake-server';
import { conflictsAmong } from './conflicts';
import { catalogueDatabase, registerDatabase, visitsDatabase } from './databases';
import { standingChoices } from './expected-reviews';
import type { OutboxEntry } from './held';
import { sectors } from './office';
import type { Random } from './random';
import { cardOf, isLogged, isOfCatalogue, readingOf } from './reading';

const by = 'office';

interface Written {
  database: string;
  document: LogDocument;
}

/**
 * Those at the office who look at what desks have logged: the server's reviews, choices and rescue files. They
 * find conflicts and resolve by the engine's own code, which is run here and not judged.
 */
export class ReviewOffice {
  #ids = 0;
  /** S16: files with what a desk had not sent. One may be taken in twice, and years later. */
  readonly #files: (readonly OutboxEntry[])[] = [];

  constructor(
    private readonly server: FakeServer,
    private readonly random: Random,
    private readonly now: () => Instant,
  ) {}

  /** Releases a choice that stands; gives what was written. */
  release(): Written[] {
    const database = visitsDatabase(this.random.pick(sectors));
    const log = this.#read(database).filter(isLogged);
    const standing = new Set(standingChoices(log));
    const choices = log.filter((each): each is ChoiceDocument => standing.has(each._id));
    if (choices.length === 0) return [];
    const at = new Date(this.now()).toISOString();
    return this.#write(database, [aRelease(this.random.pick(choices), { by, reason: 'office', at })]);
  }

  /** Decides about a conflict, also one that somebody has decided before. */
  decide(): Written[] {
    const reviews = sectors.map(visitsDatabase).flatMap((database) => this.#reviews(database));
    if (reviews.length === 0) return [];
    const { conflict, database } = this.random.pick(reviews);
    const resolving = this.random.pick<Resolving>([
      { kind: 'accept' },
      { kind: 'contact' },
      { kind: 'undo', undone: [this.random.pick(conflict.entries).id] },
      { kind: 'keep', kept: [this.random.pick(conflict.entries).id] },
      { kind: 'keep', kept: conflict.entries.filter(() => this.random.next() < 0.5).map(({ id }) => id) },
    ]);
    const randomId = () => ulidOf(++this.#ids);
    const { resolution, undone } = documentsOfResolution(conflict, resolving, {
      by,
      at: this.now(),
      randomId,
    });
    return this.#write(database, [...undone, resolution]);
  }

  saveFile(outbox: Iterable<OutboxEntry>): void {
    this.#files.push([...outbox]);
  }

  /** S16: under the ids that the desk gave them. */
  takeIn(): string[] {
    if (this.#files.length === 0) return [];
    const stored: string[] = [];
    for (const { database, document } of this.random.pick(this.#files)) {
      const box = this.server.database(database);
      if (box.documents.has(document._id)) continue;
      if (this.server.validate({ ...document }, document._id.split(':')[1] ?? '') !== undefined) continue;
      box.put({ ...document });
      stored.push(document._id);
    }
    return stored;
  }

  #reviews(database: string): (Review & { database: string })[] {
    const log = this.#read(database).filter(isLogged);
    const rules = this.#read(catalogueDatabase).filter(isOfCatalogue);
    const cards = this.#read(registerDatabase).flatMap((each) =>
      each.type === 'card' ? [[each.number, cardOf(each)] as const] : [],
    );
    const context = { catalogue: catalogueOf(rules), cards: new Map(cards) };
    return conflictsAmong(log, context, this.now()).map((review) => ({ ...review, database }));
  }

  #read(database: string): TiskiDocument[] {
    return this.server
      .database(database)
      .bodies()
      .map(readingOf)
      .filter((reading) => typeof reading === 'object');
  }

  /** What is there already was undone by somebody else. */
  #write(database: string, documents: readonly LogDocument[]): Written[] {
    const box = this.server.database(database);
    const added = documents.filter(({ _id }) => !box.documents.has(_id));
    for (const document of added) box.put({ ...document });
    return added.map((document) => ({ database, document }));
  }
}
