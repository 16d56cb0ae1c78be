import type { CouchClient, CouchReply } from '../../../src/server/couch/client';

interface Stored {
  rev: number;
  body: Record<string, unknown>;
}

const missing: CouchReply = { status: 404, body: { error: 'not_found', reason: 'missing' } };
const conflict: CouchReply = {
  status: 409,
  body: { error: 'conflict', reason: 'Document update conflict.' },
};

/** tiski-people in memory, as far as submissions use it, with its backup. */
export class PeopleStore {
  epoch = 'epoch-1';
  /** Its files were copied back, and its epoch with them: a device finds out once a day (S22). */
  isRolledBack = false;
  documents = new Map<string, Stored>();
  #backup: Map<string, Stored> | undefined;
  #epochs = 1;

  backUp(): void {
    this.#backup = new Map(this.documents);
  }

  /** False if there is no backup. */
  restore(epoch: 'renewed' | 'kept'): boolean {
    if (!this.#backup) return false;
    this.documents = new Map(this.#backup);
    if (epoch === 'renewed') this.epoch = `epoch-${++this.#epochs}`;
    else this.isRolledBack = true;
    return true;
  }

  body(id: string): Record<string, unknown> | undefined {
    return this.documents.get(id)?.body;
  }

  readonly client: CouchClient = {
    request: (method, path, body) => Promise.resolve(this.#answer(method, path, body)),
  };

  #answer(method: string, path: string, body: unknown): CouchReply {
    const id = decodeURIComponent(path.replace(/\?.*/, '').replace('/tiski-people/', ''));
    const stored = this.documents.get(id);
    if (method === 'POST' && id === '_all_docs') return this.#rows((body as { keys: string[] }).keys);
    if (method === 'GET') {
      return stored ? { status: 200, body: { ...stored.body, _rev: String(stored.rev) } } : missing;
    }
    if (method !== 'PUT') throw new Error(`${method} ${path} is not simulated.`);
    const { _rev, ...document } = structuredClone(body) as Record<string, unknown>;
    if (String(stored?.rev) !== String(_rev)) return conflict;
    const rev = (stored?.rev ?? 0) + 1;
    this.documents.set(id, { rev, body: document });
    return { status: 201, body: { ok: true, id, rev: String(rev) } };
  }

  #rows(keys: readonly string[]): CouchReply {
    const rows = keys.map((key) => {
      const stored = this.documents.get(key);
      if (!stored) return { key, error: 'not_found' };
      return { key, id: key, value: {}, doc: { ...stored.body, _rev: String(stored.rev) } };
    });
    return { status: 200, body: { rows } };
  }
}
