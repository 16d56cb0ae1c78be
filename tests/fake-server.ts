import { canonicalJson } from '../src/lib/documents/canonical';
import type {
  AccountState,
  Outcome,
  PushAnswer,
  RemoteDatabase,
  RemoteDocument,
  RemoteFailure,
  RemoteServer,
} from '../src/lib/sync/ports';

/** A CouchDB in memory, as far as sync can see it; its lines can be cut by hand. */

interface StoredDocument {
  id: string;
  seq: number;
  deleted: boolean;
  body?: RemoteDocument;
}

export class FakeDatabase {
  epoch: string | undefined = 'epoch-1';
  documents = new Map<string, StoredDocument>();
  seq = 0;
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

  /** A copy to go back to, as a backup is one. */
  backup(): () => void {
    const [documents, seq] = [new Map(this.documents), this.seq];
    return () => {
      this.documents = new Map(documents);
      this.seq = seq;
      this.epoch = `${this.epoch ?? 'epoch'}+`;
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
  /** The server does it, and nobody hears. */
  | 'lose-answer'
  /** It arrives twice. */
  | 'double'
  | RemoteFailure;

export interface Request {
  kind: 'epoch' | 'changes' | 'wait' | 'push' | 'account';
  database: string;
  /** Ids that are pushed. */
  ids: string[];
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

  /** One desk's line to the server. */
  connect(account: string, fate: (request: Request) => Fate = () => 'deliver'): RemoteServer {
    const line = async <T>(request: Request, serve: () => T | Promise<T>): Promise<Outcome<T>> => {
      await Promise.resolve();
      const destiny = fate(request);
      if (typeof destiny === 'object') return { ok: false, failure: destiny };
      if (destiny === 'lose-request') return unreachable;
      if (this.revoked.has(account) && request.kind !== 'account') return forbidden;
      if (request.kind !== 'account' && !this.databases.has(request.database)) return missing;
      if (destiny === 'double') await serve();
      const value = await serve();
      return destiny === 'lose-answer' ? unreachable : { ok: true, value };
    };
    return {
      database: (name) => this.#connectDatabase(name, account, line),
      account: () =>
        line<AccountState>({ kind: 'account', database: '', ids: [] }, () =>
          this.revoked.has(account) ? 'revoked' : 'active',
        ),
    };
  }

  #connectDatabase(
    name: string,
    account: string,
    line: <T>(request: Request, serve: () => T | Promise<T>) => Promise<Outcome<T>>,
  ): RemoteDatabase {
    const request = (kind: Request['kind'], ids: string[] = []): Request => ({ kind, database: name, ids });
    return {
      name,
      epoch: () => line(request('epoch'), () => this.database(name).epoch),
      changes: (since, limit) =>
        line(request('changes'), () => {
          const database = this.database(name);
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
        }),
      waitForChange: (since, signal) =>
        line(request('wait'), () => {
          const database = this.database(name);
          return database.seq > Number(since) || database.changed(signal);
        }),
      push: (documents) =>
        line(
          request(
            'push',
            documents.map(({ _id }) => _id),
          ),
          () => documents.map((document) => this.#write(name, account, document)),
        ),
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

const unreachable = { ok: false, failure: { kind: 'unreachable' } } as const;
const forbidden = { ok: false, failure: { kind: 'forbidden' } } as const;
const missing = { ok: false, failure: { kind: 'missing' } } as const;
