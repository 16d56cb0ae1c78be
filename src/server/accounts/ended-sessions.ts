import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';

/** The most remembered: an ordinary city has a few a day. Beyond it the oldest are forgotten. */
const mostKept = 20_000;

const fileName = 'ended-sessions.json';
const stored = v.array(v.tuple([v.string(), v.number()]));

/**
 * Sessions that somebody signed out of. A session cookie is valid by its signature alone until it expires, so
 * the server has to remember those that no longer should be: by their hash, in the data folder, until they
 * would have expired anyway.
 */
export class EndedSessions {
  /** Until when each is remembered, ms. */
  readonly #ended = new Map<string, number>();
  /** A renewed session, and the one it replaced: they end together. */
  readonly #before = new Map<string, string>();
  #written: Promise<void> = Promise.resolve();

  private constructor(
    private readonly path: string | undefined,
    private readonly now: () => number,
  ) {}

  /** @param folder where they are stored; without one, in memory only */
  static async open(folder: string | undefined, now: () => number): Promise<EndedSessions> {
    const path = folder === undefined ? undefined : join(folder, fileName);
    const ended = new EndedSessions(path, now);
    if (path !== undefined) {
      for (const [hash, until] of await readStored(path)) ended.#ended.set(hash, until);
    }
    return ended;
  }

  isEnded(token: string): boolean {
    return (this.#ended.get(hashOf(token)) ?? 0) > this.now();
  }

  /** The browser gets `next` instead of `token`. */
  renewed(token: string, next: string): void {
    if (token === next) return;
    this.#before.set(hashOf(next), hashOf(token));
    forgetOldest(this.#before);
  }

  /**
   * Ends a session and those that it replaced.
   * @param seconds the longest life of a session
   */
  async end(token: string, seconds: number): Promise<void> {
    const until = this.now() + seconds * 1000;
    const seen = new Set<string>();
    for (let hash: string | undefined = hashOf(token); hash !== undefined; hash = this.#before.get(hash)) {
      if (seen.has(hash)) break;
      seen.add(hash);
      this.#ended.set(hash, until);
    }
    for (const [hash, end] of this.#ended) if (end <= this.now()) this.#ended.delete(hash);
    forgetOldest(this.#ended);
    await this.#write();
  }

  /** A CouchDB gives two sessions of one second the same token: somebody has signed in again at once. */
  async begunAgain(token: string): Promise<void> {
    if (this.#ended.delete(hashOf(token))) await this.#write();
  }

  /** One after another, each complete. */
  #write(): Promise<void> {
    const { path } = this;
    if (path === undefined) return Promise.resolve();
    const write = async () => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFile(`${path}.new`, JSON.stringify([...this.#ended]), { mode: 0o600 });
      await rename(`${path}.new`, path);
    };
    const written = this.#written.then(write, write);
    this.#written = written.catch(() => undefined);
    return written;
  }
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

function forgetOldest(entries: Map<string, unknown>): void {
  for (const oldest of entries.keys()) {
    if (entries.size <= mostKept) return;
    entries.delete(oldest);
  }
}

async function readStored(path: string): Promise<[string, number][]> {
  try {
    const parsed = v.safeParse(stored, JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.output : [];
  } catch {
    // Missing or damaged: then nobody with a good cookie is kept out.
    return [];
  }
}
