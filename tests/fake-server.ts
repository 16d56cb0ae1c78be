import { canonicalJson } from '../src/lib/documents/canonical';
import { snapshotFrom, unpackPart } from '../src/lib/remote/snapshot';
import type {
  AccountState,
  Change,
  ChangesPage,
  Outcome,
  PushAnswer,
  RemoteDatabase,
  RemoteDocument,
  RemoteFailure,
  RemoteServer,
} from '../src/lib/sync/ports';
import { aPackedRegister, type APackedRegister } from './packed-register';

/** A CouchDB in memory, as far as sync can see it; its lines can be cut by hand. */

export interface FakeDocument {
  id: string;
  seq: number;
  deleted: boolean;
  body?: RemoteDocument;
}

export class FakeDatabase {
  epoch: string | undefined = 'epoch-1';
  documents = new Map<string, FakeDocument>();
  seq = 0;
  snapshot: APackedRegister | undefined;
  /** S18: what was ever packed, as a page of changes would bring it, by the snapshot's digest. */
  readonly packed = new Map<string, Change[]>();
  #waiters = new Set<() => void>();

  /** The office's hand: writes whatever it is given. */
  put(body: RemoteDocument): void {
    this.documents.delete(body._id);
    this.documents.set(body._id, {
      id: body._id,
      seq: ++this.seq,
      deleted: false,
      body: structuredClone(body),
    });
    this.#wake();
  }

  /** S18: the server's hand. A part of this many bytes before gzip. */
  async pack(partSize?: number): Promise<APackedRegister> {
    const [documents, seq] = [this.bodies(), String(this.seq)];
    const deleted = [...this.documents.values()].flatMap(({ id, body }) => (body ? [] : [id]));
    this.snapshot = await aPackedRegister(documents, { epoch: this.epoch ?? '', seq, partSize, deleted });
    this.packed.set(this.snapshot.manifest.digest, pageAfter(this, '0', Infinity).changes);
    return this.snapshot;
  }

  delete(id: string): void {
    this.documents.delete(id);
    this.documents.set(id, { id, seq: ++this.seq, deleted: true });
    this.#wake();
  }

  get(id: string): RemoteDocument | undefined {
    return this.documents.get(id)?.body;
  }

  bodies(): RemoteDocument[] {
    return [...this.documents.values()].flatMap(({ body }) => body ?? []);
  }

  /**
   * A copy to go back to: as with `tiski restore`, or as if somebody copies files back, which keeps the
   * epoch.
   */
  backup(epoch: 'renewed' | 'kept' = 'renewed'): () => void {
    const { seq, snapshot } = this;
    const documents = new Map(this.documents);
    return () => {
      this.documents = new Map(documents);
      this.seq = seq;
      this.snapshot = snapshot;
      if (epoch === 'renewed') this.epoch = `${this.epoch ?? 'epoch'}+`;
      this.#wake();
    };
  }

  changed(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (isChanged: boolean) => {
        this.#waiters.delete(onChange);
        resolve(isChanged);
      };
      const onChange = () => finish(true);
      this.#waiters.add(onChange);
      signal.addEventListener('abort', () => finish(false), { once: true });
      if (signal.aborted) finish(false);
    });
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
}

/** What happens to one request on its way. */
export type Fate =
  | 'deliver'
  /** It never arrives. */
  | 'lose-request'
  /** The server does it, and nobody gets the answer. */
  | 'lose-answer'
  /** It arrives twice. */
  | 'double'
  | RemoteFailure;

export interface Request {
  kind: 'epoch' | 'changes' | 'snapshot' | 'part' | 'wait' | 'push' | 'missing' | 'account' | 'time';
  database: string;
  /** Ids that are pushed or asked about. */
  ids: string[];
}

/**
 * The way to the server and back. `serve` lets the server do what was requested, and may be called more than
 * once; a push that is cut short stores only the first `most` documents: the server died at the next.
 */
export type Line = <T>(
  request: Request,
  serve: (most?: number) => Outcome<T> | Promise<Outcome<T>>,
) => Promise<Outcome<T>>;

function lineOf(fate: (request: Request) => Fate): Line {
  return async (request, serve) => {
    await Promise.resolve();
    const destiny = fate(request);
    if (typeof destiny === 'object') return { ok: false, failure: destiny };
    if (destiny === 'lose-request') return unreachable;
    if (destiny === 'double') await serve();
    const answer = await serve();
    return destiny === 'lose-answer' ? unreachable : answer;
  };
}

export class FakeServer {
  readonly databases = new Map<string, FakeDatabase>();
  /** Accounts that are not let in. */
  readonly revoked = new Set<string>();
  /** The database's own validation: a reason refuses the document. */
  validate: (document: RemoteDocument, account: string) => string | undefined = () => undefined;

  database(name: string): FakeDatabase {
    const database = this.databases.get(name) ?? new FakeDatabase();
    this.databases.set(name, database);
    return database;
  }

  /** The server as one account sees it, over a line whose fate is decided request by request. */
  connect(account: string, fate: (request: Request) => Fate = () => 'deliver'): RemoteServer {
    return this.connectBy(account, lineOf(fate));
  }

  connectBy(account: string, line: Line): RemoteServer {
    return {
      database: (name) => this.#connectDatabase(name, account, line),
      account: () =>
        line<AccountState>({ kind: 'account', database: '', ids: [] }, () => ({
          ok: true,
          value: this.revoked.has(account) ? 'revoked' : 'active',
        })),
      // It has no clock: a test that needs one replaces this.
      time: () =>
        line<undefined>({ kind: 'time', database: '', ids: [] }, () => ({ ok: true, value: undefined })),
    };
  }

  #connectDatabase(name: string, account: string, line: Line): RemoteDatabase {
    const ask = async <T>(
      kind: Request['kind'],
      serve: (database: FakeDatabase, most?: number) => T | Promise<T>,
      ids: string[] = [],
    ): Promise<Outcome<T>> =>
      line<T>({ kind, database: name, ids }, async (most) => {
        if (this.revoked.has(account)) return forbidden;
        const database = this.databases.get(name);
        return database ? { ok: true, value: await serve(database, most) } : missing;
      });
    return {
      name,
      epoch: () => ask('epoch', ({ epoch }) => epoch),
      changes: (since, limit) => ask('changes', (database) => pageAfter(database, since, limit)),
      snapshot: (epoch) => ask('snapshot', ({ snapshot }) => snapshotFrom(snapshot?.manifest, epoch)),
      snapshotPart: async (epoch, part) => {
        const answer = await ask('part', ({ snapshot }) => {
          const bytes = snapshot?.manifest.epoch === epoch ? snapshot.parts.get(part) : undefined;
          return bytes && unpackPart(bytes, part);
        });
        return answer.ok ? (answer.value ?? gone) : answer;
      },
      waitForChange: (since, signal) =>
        ask('wait', (database) => database.seq > Number(since) || database.changed(signal)),
      push: (documents) =>
        ask(
          'push',
          (_, most) => documents.slice(0, most).map((document) => this.#write(name, account, document)),
          documents.map(({ _id }) => _id),
        ),
      missing: (ids) => ask('missing', ({ documents }) => ids.filter((id) => !documents.has(id)), [...ids]),
    };
  }

  #write(name: string, account: string, document: RemoteDocument): PushAnswer {
    const database = this.database(name);
    const id = document._id;
    const present = database.get(id);
    if (present) {
      const isIdentical = canonicalJson(present) === canonicalJson(document);
      return { id, kind: 'exists', body: isIdentical ? 'identical' : 'different' };
    }
    const reason = this.validate(document, account);
    if (reason !== undefined) return { id, kind: 'refused', status: 403, reason };
    database.put(document);
    return { id, kind: 'stored' };
  }
}

function pageAfter(database: FakeDatabase, since: string, limit: number): ChangesPage {
  const later = [...database.documents.values()].filter(({ seq }) => seq > Number(since));
  const page = later.slice(0, limit);
  return {
    changes: page.map(({ id, deleted, body }) => ({
      id,
      deleted,
      ...(body && { document: structuredClone(body) }),
    })),
    seq: String(page.at(-1)?.seq ?? database.seq),
    pending: later.length - page.length,
  };
}

const unreachable = { ok: false, failure: { kind: 'unreachable' } } as const;
const forbidden = { ok: false, failure: { kind: 'forbidden' } } as const;
const gone = { ok: false, failure: { kind: 'rejected', status: 404, reason: 'missing' } } as const;
const missing = { ok: false, failure: { kind: 'missing' } } as const;
