import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../server';
import { basic, failure, startEmbedded, targets, type Account, type Target } from './couch-target';

/** A feed as it arrives: its lines so far, and its end. */
class Feed {
  readonly lines: string[] = [];
  readonly #leaving = new AbortController();
  readonly ended: Promise<void>;

  private constructor(response: Response) {
    this.ended = this.#read(response);
  }

  static async open(url: string, as: Account): Promise<Feed> {
    const response = await fetch(url, { headers: { authorization: basic(as) } });
    expect(response.status).toBe(200);
    return new Feed(response);
  }

  async #read(response: Response): Promise<void> {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    this.#leaving.signal.addEventListener('abort', () => void reader?.cancel());
    let text = '';
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: '' };
      if (done) return;
      text += value;
      const whole = text.split('\n');
      text = whole.pop() ?? '';
      this.lines.push(...whole);
    }
  }

  /** The rows so far. */
  get rows(): { id?: string; seq?: string; last_seq?: string }[] {
    return this.lines.filter((line) => line !== '').map((line) => JSON.parse(line) as { id?: string });
  }

  get ids(): (string | undefined)[] {
    return this.rows.filter(({ last_seq }) => last_seq === undefined).map(({ id }) => id);
  }

  leave(): void {
    this.#leaving.abort();
  }
}

/** The embedded store's own: in front of a CouchDB it is refused, see below. */
describe('feed=continuous', () => {
  let target: Target;
  let databases = 0;
  let readers = 0;

  beforeAll(async () => {
    target = await startEmbedded();
  });
  afterAll(() => target.stop());

  async function newDatabase(): Promise<string> {
    const path = `/continuous${++databases}`;
    await target.couch('PUT', path, { as: target.admin });
    const security = { admins: { names: [], roles: [] }, members: { names: [], roles: ['readers'] } };
    await target.couch('PUT', `${path}/_security`, { as: target.admin, body: security });
    return path;
  }
  const write = (database: string, ids: string[]) =>
    target.couch('POST', `${database}/_bulk_docs`, {
      as: target.admin,
      body: { docs: ids.map((_id) => ({ _id })) },
    });
  const open = (database: string, query: string, as = target.admin) =>
    Feed.open(`${target.url}/couch${database}/_changes?feed=continuous&${query}`, as);
  const until = async (isThere: () => boolean) => {
    while (!isThere()) await delay(10);
  };

  it('gives what is there and what comes, one per line, and ends with last_seq if nothing has come', async () => {
    const database = await newDatabase();
    await write(database, ['a', 'b']);
    // As CouchDB's replicator asks, which continues from where it ended.
    const feed = await open(database, 'style=all_docs&since=0&timeout=700');
    await until(() => feed.ids.length === 2);
    await write(database, ['c']);
    await feed.ended;
    expect(feed.ids).toEqual(['a', 'b', 'c']);
    const { last_seq: since = '' } = feed.rows.at(-1) ?? {};
    expect(since).toMatch(/^3-/);
    await write(database, ['d']);
    const next = await open(database, `since=${since}&timeout=100`);
    await next.ended;
    expect(next.ids).toEqual(['d']);
  });

  it('a heartbeat keeps it open; a limit ends it', async () => {
    const database = await newDatabase();
    const feed = await open(database, 'heartbeat=100&timeout=100&limit=2&include_docs=true');
    await until(() => feed.lines.filter((line) => line === '').length >= 4);
    await write(database, ['a', 'b', 'c']);
    await feed.ended;
    expect(feed.ids).toEqual(['a', 'b']);
    expect(feed.rows.at(-1)).toMatchObject({ pending: 1 });
    expect(feed.rows[0]).toMatchObject({ doc: { _id: 'a' } });
  });

  it('a page of many comes whole, and others have their turn', async () => {
    const database = await newDatabase();
    const ids = Array.from({ length: 2500 }, (_, index) => `doc${String(index).padStart(4, '0')}`);
    await write(database, ids);
    const feed = await open(database, 'since=0&timeout=100');
    await feed.ended;
    expect(new Set(feed.ids)).toEqual(new Set(ids));
    expect(feed.ids).toHaveLength(2500);
  });

  it('S11 ends when its reader loses the right, and gives nothing more', async () => {
    const database = await newDatabase();
    const reader = await target.addAccount(`reader${++readers}`, ['readers']);
    const feed = await open(database, 'heartbeat=5000', reader);
    await write(database, ['a']);
    await until(() => feed.ids.length === 1);
    const path = `/_users/${encodeURIComponent(`org.couchdb.user:${reader.name}`)}`;
    const { body } = await target.couch('GET', path, { as: target.admin });
    await target.couch('PUT', path, { as: target.admin, body: { ...(body as object), roles: ['revoked'] } });
    await write(database, ['b']);
    await feed.ended;
    expect(feed.ids).toEqual(['a']);
    expect(feed.rows.at(-1)).toHaveProperty('last_seq');
    const refused = await target.couch('GET', `${database}/_changes?feed=continuous`, { as: reader });
    expect(failure(refused)).toEqual([403, 'forbidden']);
  });

  it('ends when its database is closed to its reader, or no longer exists', async () => {
    const database = await newDatabase();
    const reader = await target.addAccount(`reader${++readers}`, ['readers']);
    const feed = await open(database, 'heartbeat=5000', reader);
    const closed = { admins: { names: [], roles: ['_admin'] }, members: { names: [], roles: ['_admin'] } };
    await target.couch('PUT', `${database}/_security`, { as: target.admin, body: closed });
    await feed.ended;
    const another = await newDatabase();
    const gone = await open(another, 'heartbeat=5000');
    await target.couch('DELETE', another, { as: target.admin });
    await gone.ended;
    expect([...feed.ids, ...gone.ids]).toEqual([]);
  });

  it('only goes forwards', async () => {
    const database = await newDatabase();
    const answer = await target.couch('GET', `${database}/_changes?feed=continuous&descending=true&limit=1`, {
      as: target.admin,
    });
    expect(failure(answer)).toEqual([400, 'bad_request']);
  });

  it('a reader who leaves is no longer waited for', async () => {
    const database = await newDatabase();
    const feed = await open(database, 'heartbeat=60000');
    await until(() => feed.lines.length > 0);
    feed.leave();
    await feed.ended;
    expect((await write(database, ['a'])).status).toBe(201);
  });

  it('ends with its last_seq when the server stops', async () => {
    const server = await startTestServer();
    const as = { name: server.adminName, password: server.adminPassword };
    const feed = await Feed.open(
      `${server.url}/couch/tiski-catalogue/_changes?feed=continuous&heartbeat=60000`,
      as,
    );
    await until(() => feed.ids.length > 0);
    await server.stop();
    await feed.ended;
    expect(feed.rows.at(-1)).toHaveProperty('last_seq');
  });
});

describe.each(targets.filter(({ name }) => name === 'CouchDB'))('feed=continuous over $name', ({ start }) => {
  it('is refused: it would outlive its reader’s rights', async () => {
    const target = await start();
    try {
      const database = `/${target.prefix}continuous`;
      await target.couch('PUT', database, { as: target.admin });
      for (const feed of ['continuous', 'live', 'eventsource']) {
        const answer = await target.couch('GET', `${database}/_changes?feed=${feed}`, { as: target.admin });
        expect(failure(answer)).toEqual([400, 'bad_request']);
      }
    } finally {
      await target.stop();
    }
  });
});
