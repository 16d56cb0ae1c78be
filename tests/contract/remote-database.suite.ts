import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOfPart } from '../../src/lib/documents/register/packed/part';
import type {
  Outcome,
  RemoteDatabase,
  RemoteDocument,
  RemoteServer,
  Snapshot,
} from '../../src/lib/sync/ports';
import { aPackedRegister, type APackedRegister } from '../packed-register';

/** A server with one database, and everything that the suite needs to control it. */
export interface World {
  /** As a desk that may read and write the database. */
  desk: RemoteServer;
  /** As a desk that may not. */
  otherDesk: RemoteServer;
  /** As an account with a wrong password. */
  stranger: RemoteServer;
  /** Name of the database. */
  database: string;
  /** As the office. */
  put(document: RemoteDocument): Promise<void>;
  remove(id: string): Promise<void>;
  setEpoch(epoch: string | undefined): Promise<void>;
  /** S18: packs what is in the database now, as the server does by itself. */
  pack(): Promise<void>;
  /** S18: stores what is already packed. */
  publish(packed: APackedRegister): Promise<void>;
  /** A document that the database's validation forbids to the desk. */
  forbidden(id: string): RemoteDocument;
  /** A document that it accepts; `text` makes two bodies differ. */
  allowed(id: string, text?: string): RemoteDocument;
  /** The `n`-th id that the desk may use. */
  id(n: number): string;
  stop(): Promise<void>;
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`Failed: ${JSON.stringify(outcome.failure)}`);
  return outcome.value;
}

/** Of no part. */
const noPart = '0'.repeat(64);

/** What could not be packed, without the server's own marks. */
function unpackedOf(rows: readonly Uint8Array[]): unknown[] {
  const documents = JSON.parse(new TextDecoder().decode(rows.at(-1))) as RemoteDocument[];
  return documents.map(({ _rev, ...document }) => document);
}

const failureOf = (outcome: Outcome<unknown>) => (outcome.ok ? 'no failure' : outcome.failure.kind);

/** What sync relies on in every kind of server (S2–S8, S11, S13, S18). */
export function describeRemoteDatabase(kind: string, createWorld: () => Promise<World>): void {
  describe(`a remote database: ${kind}`, () => {
    let world: World;
    let remote: RemoteDatabase;
    let used = 0;
    const fresh = () => world.id(++used);
    const end = async () => valueOf(await remote.changes('0', 10_000)).seq;

    async function snapshotOf(epoch: string): Promise<Snapshot> {
      const snapshot = valueOf(await remote.snapshot(epoch));
      if (!snapshot) throw new Error(`No snapshot of ${epoch}.`);
      return snapshot;
    }
    async function rowsOf(epoch: string): Promise<Uint8Array[]> {
      const rows: Uint8Array[] = [];
      for (const part of (await snapshotOf(epoch)).parts) {
        expect(part.first).toBe(rows.length);
        rows.push(...rowsOfPart(valueOf(await remote.snapshotPart(epoch, part.name)), part.rows));
      }
      return rows;
    }

    beforeAll(async () => {
      world = await createWorld();
      remote = world.desk.database(world.database);
    });
    afterAll(() => world?.stop());

    it('S2 stores what is pushed, once, and gives the same answer to a second identical push', async () => {
      const id = fresh();
      const document = world.allowed(id);
      expect(valueOf(await remote.push([document]))).toEqual([{ id, kind: 'stored' }]);
      expect(valueOf(await remote.push([document]))).toEqual([{ id, kind: 'exists', body: 'identical' }]);
      const changes = valueOf(await remote.changes('0', 10_000)).changes;
      expect(changes.filter((change) => change.id === id)).toHaveLength(1);
    });

    it('S3 reports a document that differs from what is there', async () => {
      const id = fresh();
      valueOf(await remote.push([world.allowed(id, 'first')]));
      expect(valueOf(await remote.push([world.allowed(id, 'second')]))).toEqual([
        { id, kind: 'exists', body: 'different' },
      ]);
    });

    it('S3 does not change what is pushed', async () => {
      const document = world.allowed(fresh());
      const before = structuredClone(document);
      await remote.push([document]);
      await remote.push([document]);
      expect(document).toEqual(before);
    });

    it('S4 answers for every document of a batch, whatever happens to its neighbours', async () => {
      const [there, forbidden, fine] = [fresh(), fresh(), fresh()];
      valueOf(await remote.push([world.allowed(there)]));
      const answers = valueOf(
        await remote.push([world.allowed(there), world.forbidden(forbidden), world.allowed(fine)]),
      );
      expect(new Map(answers.map((answer) => [answer.id, answer.kind]))).toEqual(
        new Map([
          [there, 'exists'],
          [forbidden, 'refused'],
          [fine, 'stored'],
        ]),
      );
      const refused = answers.find((answer) => answer.kind === 'refused');
      expect(refused).toMatchObject({ status: 403, reason: expect.stringMatching(/./) });
    });

    it('S6 gives changes in pages, with a cursor and how many are to come', async () => {
      const since = await end();
      const ids = [fresh(), fresh(), fresh()];
      for (const id of ids) await world.put(world.allowed(id));
      const first = valueOf(await remote.changes(since, 2));
      expect(first).toMatchObject({ changes: { length: 2 }, pending: 1 });
      const second = valueOf(await remote.changes(first.seq, 2));
      expect(second).toMatchObject({ changes: { length: 1 }, pending: 0 });
      // In any order: CouchDB's shards don't wait for one another.
      const met = [...first.changes, ...second.changes].map(({ id }) => id);
      expect(met.sort()).toEqual(ids.sort());
      const third = valueOf(await remote.changes(second.seq, 2));
      expect(third).toMatchObject({ changes: [], pending: 0 });
    });

    it('S6 a change carries the document as it is now', async () => {
      const id = fresh();
      const since = await end();
      await world.put(world.allowed(id, 'as it is'));
      const [change] = valueOf(await remote.changes(since, 10)).changes;
      expect(change).toMatchObject({ id, deleted: false, document: world.allowed(id, 'as it is') });
    });

    it('S6 a deletion is a change', async () => {
      const id = fresh();
      await world.put(world.allowed(id));
      const since = await end();
      await world.remove(id);
      const { changes } = valueOf(await remote.changes(since, 10));
      expect(changes).toMatchObject([{ id, deleted: true }]);
    });

    it('S8 gives the epoch, and undefined if there is none', async () => {
      await world.setEpoch('first');
      expect(valueOf(await remote.epoch())).toBe('first');
      await world.setEpoch('second');
      expect(valueOf(await remote.epoch())).toBe('second');
      await world.setEpoch(undefined);
      expect(valueOf(await remote.epoch())).toBeUndefined();
    });

    it('S9 says which ids it doesn’t have, and counts a deletion as having it', async () => {
      const [there, deleted, never, neither] = [fresh(), fresh(), fresh(), fresh()];
      await world.put(world.allowed(there));
      await world.put(world.allowed(deleted));
      await world.remove(deleted);
      const asked = [never, there, deleted, neither];
      expect(valueOf(await remote.missing(asked)).sort()).toEqual([never, neither].sort());
      expect(valueOf(await remote.missing([]))).toEqual([]);
    });

    it('S10 a wait ends when something changes', async () => {
      const since = await end();
      const waiting = remote.waitForChange(since, new AbortController().signal);
      await world.put(world.allowed(fresh()));
      expect(valueOf(await waiting)).toBe(true);
    });

    it('S10 a wait for what has already happened ends at once', async () => {
      const since = await end();
      await world.put(world.allowed(fresh()));
      expect(valueOf(await remote.waitForChange(since, new AbortController().signal))).toBe(true);
    });

    it('S10 a wait that is given up ends quietly', async () => {
      const controller = new AbortController();
      const waiting = remote.waitForChange(await end(), controller.signal);
      controller.abort();
      expect(valueOf(await waiting)).toBe(false);
    });

    it('S11 keeps other desks out of the database, and of nothing else', async () => {
      const other = world.otherDesk.database(world.database);
      expect(failureOf(await other.epoch())).toBe('forbidden');
      expect(failureOf(await other.changes('0', 10))).toBe('forbidden');
      expect(failureOf(await other.push([world.allowed(fresh())]))).toBe('forbidden');
      expect(failureOf(await other.missing([fresh()]))).toBe('forbidden');
      expect(failureOf(await other.snapshot('any'))).toBe('forbidden');
      expect(failureOf(await other.snapshotPart('any', noPart))).toBe('forbidden');
      expect(valueOf(await world.otherDesk.account())).toBe('active');
    });

    it('S11 does not let in an account with a wrong password', async () => {
      const database = world.stranger.database(world.database);
      expect(failureOf(await database.changes('0', 10))).toBe('signed-out');
      expect(failureOf(await database.push([world.allowed(fresh())]))).toBe('signed-out');
      expect(failureOf(await database.snapshotPart('any', noPart))).toBe('signed-out');
      expect(failureOf(await world.stranger.account())).toBe('signed-out');
    });

    it('S11 says of a database that is not there that it is missing', async () => {
      expect(failureOf(await world.desk.database(`${world.database}-gone`).epoch())).toMatch(
        /^(missing|forbidden)$/,
      );
    });

    it('S18 announces what the server packed, with the cursor that it goes up to', async () => {
      await world.setEpoch('packed');
      const id = fresh();
      await world.put(world.allowed(id, 'in it'));
      await world.pack();
      const snapshot = await snapshotOf('packed');
      const rows = await rowsOf('packed');
      expect(rows).toHaveLength(snapshot.buckets + 1);
      expect(unpackedOf(rows)).toContainEqual(world.allowed(id, 'in it'));

      const [changed, later] = [fresh(), fresh()];
      await world.put(world.allowed(changed));
      await world.remove(id);
      await world.put(world.allowed(later));
      const { changes, pending } = valueOf(await remote.changes(snapshot.seq, 10_000));
      const ids = changes.map((change) => change.id).filter((each) => each !== 'snapshot:packed');
      expect(ids.sort()).toEqual([changed, later, id].sort());
      expect(pending).toBe(0);
    });

    it('S18 gives a part at a time, and undefined if there is no such part', async () => {
      await world.setEpoch('parted');
      const documents = [world.allowed('first'), world.allowed('second')];
      const packed = await aPackedRegister(documents, { epoch: 'parted', seq: await end(), partSize: 1 });
      await world.publish(packed);
      const { parts, seq } = await snapshotOf('parted');
      expect(parts.map(({ name }) => name)).toEqual([...packed.parts.keys()]);
      expect(parts.length).toBeGreaterThan(1);
      expect(seq).toBe(packed.manifest.seq);
      expect(unpackedOf(await rowsOf('parted'))).toEqual(documents);
      const gone = { ok: false, failure: { kind: 'rejected', status: 404 } };
      expect(await remote.snapshotPart('parted', noPart)).toMatchObject(gone);
    });

    it('S18 says of a part of a former snapshot that it is gone', async () => {
      await world.setEpoch('twice');
      const options = { epoch: 'twice', seq: await end(), partSize: 1 };
      await world.publish(await aPackedRegister([world.allowed('first')], options));
      const former = (await snapshotOf('twice')).parts.at(-1)?.name ?? '';
      await world.publish(await aPackedRegister([world.allowed('second')], options));
      expect(await remote.snapshotPart('twice', former)).toMatchObject({
        ok: false,
        failure: { kind: 'rejected', status: 404 },
      });
      expect(unpackedOf(await rowsOf('twice'))).toEqual([world.allowed('second')]);
    });

    it('S18 does not accept a part with other bytes than its name says as our server’s answer', async () => {
      await world.setEpoch('spoilt');
      const packed = await aPackedRegister([world.allowed('first')], { epoch: 'spoilt', seq: await end() });
      const [name = ''] = packed.parts.keys();
      packed.parts.set(name, new TextEncoder().encode('something else'));
      await world.publish(packed);
      expect(failureOf(await remote.snapshotPart('spoilt', name))).toBe('not-our-server');
    });

    it('S8 S18 knows only a snapshot of its own epoch', async () => {
      await world.setEpoch('own');
      await world.pack();
      const name = (await snapshotOf('own')).parts[0]?.name ?? '';
      expect(await remote.snapshot('another')).toEqual({ ok: true, value: undefined });
      expect(await remote.snapshotPart('another', name)).toMatchObject({
        ok: false,
        failure: { kind: 'rejected', status: 404 },
      });
    });
  });
}
