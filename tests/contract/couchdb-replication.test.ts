import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aVisit } from '../builders';
import { TiskiServer } from '../setup/tiski-server';
import { basic, couchUrl, removeDocument, send, startEmbedded, type Account } from './couch-target';
import { couchAddress, remoteClient } from '../../src/server/couch/remote-client';

/** The real replicator of a real CouchDB; couchdb-replicator.test.ts has its requests, for every run. */
if (couchUrl !== undefined) {
  const couchdb = new URL(couchUrl);
  const couchAdmin = { name: couchdb.username, password: couchdb.password };
  const client = remoteClient(couchAddress(couchdb.href));
  const minute = 60_000;

  /** One of the two ends: where its databases are, and who asks. */
  interface End {
    base: () => string;
    as: Account;
  }
  const there: End = { base: () => couchdb.origin, as: couchAdmin };
  const call = (end: End, method: string, path: string, body?: unknown) =>
    send(method, `${end.base()}${path}`, { as: end.as, ...(body === undefined ? {} : { body }) });
  const addressOf = (end: End, name: string) => ({
    url: `${end.base()}/${name}`,
    headers: { authorization: basic(end.as) },
  });

  interface Leaf {
    _id: string;
    _rev: string;
    _attachments?: Record<string, { data: string; content_type: string }>;
  }

  /** Every leaf of every document: revisions, members, attachments' bytes. */
  async function contentOf(end: End, name: string): Promise<Map<string, unknown>> {
    const { results } = (await call(end, 'GET', `/${name}/_changes?style=all_docs`)).body as {
      results: { id: string; changes: { rev: string }[] }[];
    };
    const docs = results.flatMap(({ id, changes }) => changes.map(({ rev }) => ({ id, rev })));
    const answer = await call(end, 'POST', `/${name}/_bulk_get?revs=true&attachments=true`, { docs });
    const found = (answer.body as { results: { docs: { ok: Leaf }[] }[] }).results;
    return new Map(
      found.map(({ docs: [first] }) => {
        const { _attachments = {}, ...leaf } = first?.ok ?? { _id: '', _rev: '' };
        const attachments = Object.entries(_attachments).map(([file, { data }]) => [file, data] as const);
        return [`${leaf._id} ${leaf._rev}`, { ...leaf, attachments: new Map(attachments) }];
      }),
    );
  }

  describe('a CouchDB replicates with the embedded endpoint', () => {
    const prefix = `t${randomBytes(4).toString('hex')}-`;
    const jobs: string[] = [];
    let app: string;
    let server: TiskiServer;
    const here: End = {
      base: () => `${server.url}/couch`,
      as: { name: 'administrator', password: 'tiski-tests-only-7412' },
    };

    beforeAll(async () => {
      app = await mkdtemp(join(tmpdir(), 'tiski-app-'));
      await writeFile(join(app, 'index.html'), '<!doctype html>');
      server = await TiskiServer.prepare({ demo: false });
      await server.start(app);
      await client.request('PUT', '/_replicator');
    }, 2 * minute);
    afterAll(async () => {
      for (const job of jobs) await removeDocument(client, `/_replicator/${job}`);
      const names = (await client.request('GET', '/_all_dbs')).body as string[];
      for (const name of names.filter((each) => each.startsWith(prefix))) {
        await client.request('DELETE', `/${name}`);
      }
      await server.dispose();
      await rm(app, { recursive: true });
    }, 2 * minute);

    async function newPair(name: string): Promise<string> {
      for (const end of [here, there])
        expect((await call(end, 'PUT', `/${prefix}${name}`)).status).toBeLessThan(300);
      return `${prefix}${name}`;
    }
    const write = async (end: End, name: string, docs: object[], newEdits = true) => {
      const answer = await call(end, 'POST', `/${name}/_bulk_docs`, { docs, new_edits: newEdits });
      expect(answer.status).toBeLessThan(300);
      expect((answer.body as { error?: string }[]).filter(({ error }) => error !== undefined)).toEqual([]);
    };
    const once = async (source: End, goal: End, name: string) => {
      const body = { source: addressOf(source, name), target: addressOf(goal, name) };
      const answer = await call(there, 'POST', '/_replicate', body);
      expect(answer).toMatchObject({ status: 200, body: { ok: true } });
      return answer.body as {
        no_changes?: true;
        history?: { start_last_seq: unknown; recorded_seq: unknown }[];
      };
    };

    it.each([
      ['from it', here, there],
      ['to it', there, here],
    ])(
      'once %s: design documents, branches, deletions, attachments; and again from the checkpoint',
      async (direction, source, goal) => {
        const name = await newPair(direction.replace(' ', '-'));
        const file = (type: string, bytes: Buffer) => ({
          content_type: type,
          data: bytes.toString('base64'),
        });
        await write(source, name, [
          {
            _id: '_design/x',
            validate_doc_update: 'function (doc) { if (doc.bad) throw({ forbidden: "bad" }); }',
          },
          ...Array.from({ length: 120 }, (_, index) => ({ _id: `doc ${index}/å`, index })),
          {
            _id: 'packed',
            _attachments: {
              'part 1': file('application/octet-stream', randomBytes(100_000)),
              '2': file('application/octet-stream', randomBytes(1000)),
              'text.txt': file('text/plain', Buffer.from('hello '.repeat(5000))),
              'empty.txt': file('text/plain', Buffer.alloc(0)),
            },
          },
        ]);
        await write(
          source,
          name,
          ['bb', 'cc'].map((rev) => ({ _id: 'branched', _revisions: { start: 2, ids: [rev, 'aa'] } })),
          false,
        );
        await write(
          source,
          name,
          [{ _id: 'gone', _deleted: true, _revisions: { start: 2, ids: ['ff', 'ee'] } }],
          false,
        );
        const first = await once(source, goal, name);
        expect(await contentOf(goal, name)).toEqual(await contentOf(source, name));

        // The attachments stay as they are, and so come as stubs if the target has them.
        const { body } = await call(source, 'GET', `/${name}/packed`);
        await write(source, name, [{ ...(body as object), changed: true }, { _id: 'later' }]);
        const second = await once(source, goal, name);
        expect(second.history?.[0]?.start_last_seq).toEqual(first.history?.[0]?.recorded_seq);
        expect(second.history?.[0]).toMatchObject({ doc_write_failures: 0 });
        expect(await contentOf(goal, name)).toEqual(await contentOf(source, name));
        expect(await once(source, goal, name)).toHaveProperty('no_changes', true);
        const refused = await call(goal, 'PUT', `/${name}/bad`, { bad: true });
        expect(refused.status).toBe(403);
      },
      2 * minute,
    );

    it(
      'continuously both ways, through kill -9: what either side wrote is on both, each visit once',
      async () => {
        const name = await newPair('visits');
        const start = async (job: string, source: End, goal: End) => {
          jobs.push(`${prefix}${job}`);
          const answer = await call(there, 'PUT', `/_replicator/${prefix}${job}`, {
            source: addressOf(source, name),
            target: addressOf(goal, name),
            continuous: true,
            checkpoint_interval: 1000,
            worker_batch_size: 50,
          });
          expect(answer.status).toBeLessThan(300);
        };
        await start('in', here, there);
        await start('out', there, here);
        const logged: string[] = [];
        const visits = (desk: string, from: number, count: number) => {
          const made = Array.from({ length: count }, (_, index) => aVisit(desk, from + index));
          logged.push(...made.map(({ _id }) => _id));
          return made;
        };
        const untilEqual = () =>
          vi.waitFor(
            async () => {
              const [own, others] = [await contentOf(here, name), await contentOf(there, name)];
              const ids = [...own.keys()].map((key) => key.split(' ')[0]);
              expect(ids.sort()).toEqual([...logged].sort());
              expect(others).toEqual(own);
            },
            { timeout: 3 * minute, interval: 500 },
          );

        await write(here, name, visits('here', 1, 300));
        await write(there, name, visits('there', 1, 300));
        await untilEqual();
        for (let round = 1; round <= 2; round += 1) {
          await write(here, name, visits('here', round * 1000, 400));
          await write(there, name, visits('there', round * 1000, 400));
          // In the middle of both: its answers are lost, and what it had stored is offered again.
          await server.kill();
          await write(there, name, visits('there', round * 1000 + 500, 100));
          await server.start(app);
        }
        await untilEqual();
        await server.stop();
        await write(there, name, visits('there', 9000, 50));
        await server.start(app);
        await write(here, name, visits('here', 9000, 50));
        await untilEqual();
      },
      10 * minute,
    );
  });

  /** A city that moves to its own cluster. */
  it('accounts move with their passwords', async () => {
    const target = await startEmbedded();
    try {
      const mover = await target.addAccount('mover', ['office']);
      const here: End = { base: () => `${target.url}/couch`, as: target.admin };
      const moved = await call(there, 'POST', '/_replicate', {
        source: addressOf(here, '_users'),
        target: addressOf(there, '_users'),
        doc_ids: [`org.couchdb.user:${mover.name}`],
      });
      expect(moved).toMatchObject({ status: 200, body: { ok: true } });
      const session = await send('GET', `${couchdb.origin}/_session`, { as: mover });
      expect(session).toMatchObject({
        status: 200,
        body: { userCtx: { name: mover.name, roles: ['office'] } },
      });
      await removeDocument(client, `/_users/org.couchdb.user:${mover.name}`);
    } finally {
      await target.stop();
    }
  });
} else {
  it('runs with a real CouchDB when COUCHDB_URL is set', () => {
    expect(process.env).not.toHaveProperty('COUCHDB_URL');
  });
}
