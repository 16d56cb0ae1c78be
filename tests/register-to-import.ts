import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importCards } from '../src/server/cli/import';
import { faultText, type ImportResult, type LineOutput } from '../src/server/cli/import-report';
import { requireOk, type CouchClient } from '../src/server/couch/client';
import { DatabaseStore } from '../src/server/couch/database-store';
import { embeddedClient } from '../src/server/couch/embedded-client';
import { Endpoint } from '../src/server/couch/endpoint';

export const cardsHeader = 'number,scheme,valid_from,valid_until,status,codes,hint';
/** A valid line. */
export const goodLine = '12345671,vihrea,2026-01-01,2026-12-31,active,,';
export const lines = (...all: string[]) => `${all.join('\n')}\n`;

type Stored = Record<string, unknown> & { _id: string };

/** A register in its own data folder, and a card file beside it. */
export class RegisterToImport {
  /** Requests that wrote cards. */
  writes = 0;
  /** Called before each of them with its number; what it throws makes the request fail. */
  beforeWrite: (write: number) => unknown = () => undefined;
  readonly file: string;

  private constructor(
    private readonly folder: string,
    private readonly store: DatabaseStore,
    private readonly embedded: CouchClient,
  ) {
    this.file = join(folder, 'cards.csv');
  }

  static async open(schemes: readonly string[] = ['sininen', 'vihrea']): Promise<RegisterToImport> {
    const folder = await mkdtemp(join(tmpdir(), 'tiski-import-'));
    const store = await DatabaseStore.open(folder, {});
    const endpoint = new Endpoint(store, (fault) => {
      throw fault;
    });
    const register = new RegisterToImport(folder, store, embeddedClient(endpoint));
    for (const database of ['tiski-catalogue', 'tiski-register']) {
      await requireOk(register.embedded, 'PUT', `/${database}`);
    }
    const docs = schemes.map((id) => ({ _id: `scheme:${id}` }));
    await requireOk(register.embedded, 'POST', '/tiski-catalogue/_bulk_docs', { docs });
    return register;
  }

  async close(): Promise<void> {
    await this.store.close();
    await rm(this.folder, { recursive: true });
  }

  readonly client: CouchClient = {
    request: async (method, path, body) => {
      if (path === '/tiski-register/_bulk_docs') await this.beforeWrite(++this.writes);
      return this.embedded.request(method, path, body);
    },
  };

  /** Imports a file with this content. */
  async import(content: string | Uint8Array, out: LineOutput = { write: () => undefined }) {
    await writeFile(this.file, content);
    return this.importFile(this.file, out);
  }

  importFile(path: string, out: LineOutput = { write: () => undefined }): Promise<ImportResult> {
    return importCards(this.client, path, out);
  }

  /** What is reported about a file from which nothing may have been written. */
  async faultsOf(content: string | Uint8Array): Promise<string[]> {
    const before = this.writes;
    const result = await this.import(content);
    if (this.writes !== before) throw new Error('Something was written.');
    return result.ok ? [] : result.faults.map(faultText);
  }

  /** The register's content, by id. */
  async cards(): Promise<Map<string, Stored>> {
    const body = await requireOk(this.embedded, 'GET', '/tiski-register/_all_docs?include_docs=true');
    return new Map((body as { rows: { doc: Stored }[] }).rows.map(({ doc }) => [doc._id, doc]));
  }

  /** Writes a card as somebody else would. */
  async put(card: Stored): Promise<void> {
    await requireOk(this.embedded, 'PUT', `/tiski-register/${card._id}`, card);
  }
}
