import { mkdir, readFile, rename, open } from 'node:fs/promises';
import { join, sep } from 'node:path';
import PouchDB from 'pouchdb';
import { closedSecurity, Database, type Security, type WriteRule } from './database';
import { durableLevel } from './durable-level';
import { CouchFailure, noDatabase } from './failure';

/** What is kept about every database outside of it. */
type Registry = Record<string, { security: Security }>;

const registryFile = 'databases.json';

const alreadyThere = () =>
  new CouchFailure(412, 'file_exists', 'The database could not be created, the file already exists.');

/**
 * The databases of a data folder: one LevelDB folder each, and a small file that names them and holds their
 * `_security`. A database is opened on first use and stays open until `close`.
 */
export class DatabaseStore {
  readonly #opened = new Map<string, Promise<Database>>();
  #registryWritten: Promise<void> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private readonly registry: Map<string, { security: Security }>,
    private readonly writeRules: Readonly<Record<string, WriteRule>>,
    private readonly openPouch: (name: string) => PouchDB.Database,
  ) {}

  /**
   * @param folder the data folder; created if missing
   * @param writeRules rules of the endpoint's own, by database
   */
  static async open(folder: string, writeRules: Readonly<Record<string, WriteRule>>): Promise<DatabaseStore> {
    const databases = join(folder, 'databases');
    await mkdir(databases, { recursive: true, mode: 0o700 });
    const registry = await readRegistry(join(folder, registryFile));
    const Pouch = PouchDB.defaults({
      prefix: databases + sep,
      adapter: 'leveldb',
      auto_compaction: true,
      db: durableLevel,
    } as PouchDB.Configuration.DatabaseConfiguration);
    return new DatabaseStore(
      folder,
      new Map(Object.entries(registry)),
      writeRules,
      (name) => new Pouch(name),
    );
  }

  names(): string[] {
    return [...this.registry.keys()].sort();
  }

  /** @throws {CouchFailure} 404 */
  get(name: string): Promise<Database> {
    const entry = this.registry.get(name);
    if (entry === undefined) return Promise.reject(noDatabase());
    const opened = this.#opened.get(name) ?? this.#open(name, entry.security);
    this.#opened.set(name, opened);
    return opened;
  }

  /** @throws {CouchFailure} 412 if it exists */
  async create(name: string): Promise<void> {
    if (this.registry.has(name)) throw alreadyThere();
    this.registry.set(name, { security: closedSecurity });
    await this.#writeRegistry();
  }

  /** @throws {CouchFailure} 404 */
  async destroy(name: string): Promise<void> {
    const database = await this.get(name);
    if (!this.registry.delete(name)) throw noDatabase();
    this.#opened.delete(name);
    await this.#writeRegistry();
    await database.exclusive(async () => {
      database.isGone = true;
      await database.pouch.destroy();
    });
    database.wakeUps.ringAll();
  }

  async setSecurity(database: Database, security: Security): Promise<void> {
    database.security = security;
    this.registry.set(database.name, { security });
    await this.#writeRegistry();
    database.wakeUps.ringAll();
  }

  /** Finishes every write that has begun, and closes the files. */
  async close(): Promise<void> {
    const databases = await Promise.allSettled(this.#opened.values());
    this.#opened.clear();
    for (const opened of databases) {
      if (opened.status === 'rejected') continue;
      await opened.value.settled();
      await opened.value.pouch.close();
    }
    await this.#registryWritten;
  }

  async #open(name: string, security: Security): Promise<Database> {
    try {
      const pouch = this.openPouch(encodeURIComponent(name));
      const { id } = pouch as PouchDB.Database & { id(): Promise<string> };
      const uuid = await id.call(pouch);
      const { update_seq: sequence } = await pouch.info();
      // Every read of changes listens for the end of the database; there may be many.
      pouch.setMaxListeners(0);
      const rule = this.writeRules[name];
      return new Database(name, pouch, uuid.replaceAll('-', ''), Number(sequence), security, rule);
    } catch (error) {
      this.#opened.delete(name);
      throw error;
    }
  }

  /** Written in full beside the old file, which it then replaces, one write after another. */
  #writeRegistry(): Promise<void> {
    const write = async () => {
      const target = join(this.folder, registryFile);
      const file = await open(`${target}.new`, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(Object.fromEntries(this.registry), null, 2));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${target}.new`, target);
    };
    const written = this.#registryWritten.then(write, write);
    this.#registryWritten = written.catch(() => undefined);
    return written;
  }
}

async function readRegistry(path: string): Promise<Registry> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Registry;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
