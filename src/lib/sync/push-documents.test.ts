import { describe, expect, it } from 'vitest';
import type { Contact } from '$lib/domain/time/clock';
import { hour } from '$lib/domain/time/day';
import type { TiskiDatabase } from '$lib/store/database';
import { createLocalStore } from '$lib/store/local-store';
import { listRefused, waitingCount } from '$lib/store/outbox';
import { aVisit } from '../../../tests/builders';
import { FakeServer, type Fate, type Request } from '../../../tests/fake-server';
import { aPairedDatabase, sundayMorning } from '../../../tests/paired-database';
import { pushDocuments, pushWaiting } from './push-documents';

const database = 'tiski-visits-liikunta';

/** A desk with `count` waiting visits, and a line to a server that the test controls. */
async function aWaitingDesk(count: number, fate?: (request: Request) => Fate) {
  const server = new FakeServer();
  server.database(database);
  const db = await aPairedDatabase();
  for (let index = 1; index <= count; index++) await wait(db, index);
  const requests: Request[] = [];
  const remote = server.connect('desk-1', (request) => {
    requests.push(request);
    return fate?.(request) ?? 'deliver';
  });
  const store = createLocalStore(db, () => sundayMorning);
  const push = (batchSize?: number) => pushDocuments(remote.database(database), store, batchSize);
  return { server, db, remote, store, push, requests, box: server.database(database) };
}

async function wait(db: TiskiDatabase, index: number, to = database): Promise<void> {
  const document = aVisit('desk-1', index);
  await db.outbox.add({ id: document._id, database: to, state: 'waiting', at: sundayMorning, document });
}

const idOf = (index: number) => aVisit('desk-1', index)._id;

describe('pushing', () => {
  it('S2 every retry sends the same document', async () => {
    const fates: Fate[] = ['lose-request', 'lose-answer', 'deliver'];
    const { push, requests, db, box } = await aWaitingDesk(1, () => fates.shift() ?? 'deliver');
    await push();
    await push();
    expect((await push()).ok).toBe(true);
    expect(requests.map(({ ids }) => ids)).toEqual([[idOf(1)], [idOf(1)], [idOf(1)]]);
    expect(box.bodies()).toEqual([aVisit('desk-1', 1)]);
    expect(await db.outbox.count()).toBe(0);
  });

  it('S3 a row stays until it is acknowledged', async () => {
    const { push, db } = await aWaitingDesk(3, () => 'lose-request');
    expect(await push()).toEqual({ ok: false, failure: { kind: 'unreachable' } });
    expect(await waitingCount(db)).toBe(3);
  });

  it('S3 a conflict with an identical body is an acknowledgement', async () => {
    const { push, db, box } = await aWaitingDesk(1);
    box.put(aVisit('desk-1', 1));
    expect(await push()).toEqual({ ok: true, value: { stored: 1, refused: 0 } });
    expect(await db.outbox.count()).toBe(0);
  });

  it('S8 what a copy that no longer exists acknowledged is sent to the next', async () => {
    const { remote, store, db, box } = await aWaitingDesk(1);
    const straight = remote.database(database);
    const restores = [box.backup()];
    const slow = {
      ...straight,
      async push(documents: Parameters<typeof straight.push>[0]) {
        const answer = await straight.push(documents);
        // Before the answer arrives, the server is restored, and the pull finds out.
        restores.pop()?.();
        await store.startOver(database, box.epoch ?? '');
        return answer;
      },
    };
    await pushDocuments(slow, store);
    expect(box.bodies()).toEqual([aVisit('desk-1', 1)]);
    expect(await db.outbox.count()).toBe(0);
  });

  it('S4 a conflict with another body is refused, kept and listed', async () => {
    const { push, db, box } = await aWaitingDesk(1);
    box.put({ ...aVisit('desk-1', 1), card: '99999997' });
    expect(await push()).toEqual({ ok: true, value: { stored: 0, refused: 1 } });
    expect(await listRefused(db)).toMatchObject([
      { id: idOf(1), refusal: { status: 409 }, document: aVisit('desk-1', 1) },
    ]);
  });

  it('S4 a document that the server refuses is kept with the reason, and its neighbours go on', async () => {
    const { push, db, box, server } = await aWaitingDesk(3);
    server.validate = ({ _id }) => (_id === idOf(2) ? 'The sector is closed.' : undefined);
    expect(await push()).toEqual({ ok: true, value: { stored: 2, refused: 1 } });
    expect(box.bodies()).toHaveLength(2);
    expect(await listRefused(db)).toMatchObject([
      { id: idOf(2), refusal: { status: 403, reason: 'The sector is closed.', at: sundayMorning } },
    ]);
  });

  it('S4 what was refused is not sent again', async () => {
    const { push, server, requests } = await aWaitingDesk(1);
    server.validate = () => 'no';
    await push();
    await push();
    expect(requests).toHaveLength(1);
  });

  it('S5 goes in batches of one request each', async () => {
    const { push, requests } = await aWaitingDesk(5);
    await push(2);
    expect(requests.map(({ kind, ids }) => [kind, ids.length])).toEqual([
      ['push', 2],
      ['push', 2],
      ['push', 1],
    ]);
  });

  it('S5 a sector that fails does not hold up another', async () => {
    const { db, remote, store, server } = await aWaitingDesk(1, (request) =>
      request.database === database ? { kind: 'missing' } : 'deliver',
    );
    const other = server.database('tiski-visits-kulttuuri');
    await wait(db, 2, 'tiski-visits-kulttuuri');
    expect(await pushWaiting(remote, store)).toEqual({ ok: false, failure: { kind: 'missing' } });
    expect(other.bodies()).toHaveLength(1);
    expect(await waitingCount(db)).toBe(1);
  });

  it('S5 an attempt starts with fifty, and each batch that gets through is followed by a larger one', async () => {
    const { push, requests } = await aWaitingDesk(600);
    await push();
    expect(requests.map(({ ids }) => ids.length)).toEqual([50, 100, 200, 200, 50]);
  });

  it('S11 an account that is not let in keeps its outbox', async () => {
    for (const kind of ['signed-out', 'forbidden'] as const) {
      const { push, db } = await aWaitingDesk(2, () => ({ kind }));
      expect(await push()).toEqual({ ok: false, failure: { kind } });
      expect(await waitingCount(db)).toBe(2);
    }
  });

  it('S13 a batch that is too large is halved until it goes through', async () => {
    const { push, requests, box } = await aWaitingDesk(7, ({ ids }) =>
      ids.length > 2 ? { kind: 'too-large' } : 'deliver',
    );
    expect(await push()).toMatchObject({ ok: true, value: { stored: 7 } });
    expect(box.bodies()).toHaveLength(7);
    expect(requests.map(({ ids }) => ids.length)).toEqual([7, 4, 2, 2, 3, 2, 1]);
  });

  it('S13 a line that breaks under more than sixty documents carries some in each attempt', async () => {
    const { push, requests, box } = await aWaitingDesk(130, ({ ids }) =>
      ids.length > 60 ? 'lose-request' : 'deliver',
    );
    expect(await push()).toEqual({ ok: false, failure: { kind: 'unreachable' } });
    expect(box.bodies()).toHaveLength(50);
    expect(await push()).toEqual({ ok: true, value: { stored: 80, refused: 0 } });
    expect(box.bodies()).toHaveLength(130);
    expect(requests.map(({ ids }) => ids.length)).toEqual([50, 80, 50, 30]);
  });

  it('S13 one document that spoils every batch is refused, and the others arrive', async () => {
    const spoils = (failure: Fate) => (request: Request) =>
      request.ids.includes(idOf(3)) ? failure : 'deliver';
    const failures: [Fate, number][] = [
      [{ kind: 'too-large' }, 413],
      [{ kind: 'rejected', status: 400, reason: 'bad_request' }, 400],
    ];
    for (const [failure, status] of failures) {
      const { push, db, box } = await aWaitingDesk(5, spoils(failure));
      expect(await push()).toEqual({ ok: true, value: { stored: 4, refused: 1 } });
      expect(box.bodies()).toHaveLength(4);
      expect(await listRefused(db)).toMatchObject([{ id: idOf(3), refusal: { status } }]);
    }
  });

  it('S13 a document on which the server alone fails, round after round, is refused in the end', async () => {
    let index = 10;
    const { push, db, box } = await aWaitingDesk(4, ({ ids }) =>
      ids.includes(idOf(3)) ? { kind: 'server-error', status: 500 } : 'deliver',
    );
    for (let round = 1; round <= 4; round++) {
      expect(await push()).toEqual({ ok: false, failure: { kind: 'server-error', status: 500 } });
      expect(await listRefused(db)).toEqual([]);
      await wait(db, ++index);
    }
    await push();
    expect(await listRefused(db)).toMatchObject([{ id: idOf(3), refusal: { status: 500 } }]);
    expect(box.bodies()).toHaveLength(7);
    expect(await push()).toMatchObject({ ok: true });
  });

  it('S13 a server that fails on everything is not taken for a poisoned document', async () => {
    const { push, db, requests } = await aWaitingDesk(100, () => ({ kind: 'server-error', status: 500 }));
    expect(await push()).toEqual({ ok: false, failure: { kind: 'server-error', status: 500 } });
    expect(await waitingCount(db)).toBe(100);
    expect(requests.length).toBeLessThanOrEqual(20);
  });

  it('S3 documents that an answer leaves out don’t leave, and the desk does not run in circles', async () => {
    const { db, store, requests } = await aWaitingDesk(2);
    const silent = new FakeServer().connect('desk-1').database(database);
    const outcome = await pushDocuments({ ...silent, push: async () => ({ ok: true, value: [] }) }, store);
    expect(outcome).toEqual({ ok: false, failure: { kind: 'not-our-server' } });
    expect(await waitingCount(db)).toBe(2);
    expect(requests).toEqual([]);
  });

  describe('what no contact has dated yet', () => {
    const deviceAt = sundayMorning + 26 * hour;
    const mark = { session: 'page', offset: 26 * hour };
    const contact: Contact = { skewMs: -26 * hour, serverNow: sundayMorning + hour, mark };

    async function anUndatedDesk(count: number, fate?: (request: Request) => Fate) {
      const desk = await aWaitingDesk(count, fate);
      const document = aVisit('desk-1', count + 1, { at: new Date(deviceAt).toISOString() });
      const stamp = { deviceAt, mark, earliest: sundayMorning };
      await desk.db.outbox.add({
        id: document._id,
        database,
        state: 'unconfirmed',
        at: deviceAt,
        document,
        stamp,
      });
      const time = async () => {
        const answer = await desk.remote.time();
        return answer.ok ? { ...answer, value: contact } : answer;
      };
      return { ...desk, remote: { ...desk.remote, time }, id: document._id };
    }

    it('R13 is dated by an answer before it is sent', async () => {
      const { remote, store, box, requests, id } = await anUndatedDesk(0);
      expect(await pushWaiting(remote, store)).toEqual({ ok: true, value: { stored: 1, refused: 0 } });
      expect(requests.map(({ kind }) => kind)).toEqual(['time', 'push']);
      expect(box.get(id)).toMatchObject({ at: new Date(sundayMorning).toISOString() });
    });

    it('R13 S5 waits when there is no such answer; what is dated goes', async () => {
      const fate = ({ kind }: Request) => (kind === 'time' ? ({ kind: 'busy' } as const) : 'deliver');
      const { remote, store, box, db } = await anUndatedDesk(1, fate);
      expect(await pushWaiting(remote, store)).toEqual({ ok: false, failure: { kind: 'busy' } });
      expect(box.bodies()).toHaveLength(1);
      expect(await waitingCount(db)).toBe(1);
    });

    it('R13 goes marked if the answer has no time', async () => {
      const { remote, store, box, id } = await anUndatedDesk(0);
      const silent = { ...remote, time: async () => ({ ok: true, value: undefined }) as const };
      expect((await pushWaiting(silent, store)).ok).toBe(true);
      expect(box.get(id)).toMatchObject({ timeUncertain: { from: new Date(sundayMorning).toISOString() } });
    });

    it('S12 is not asked about while the server can’t be reached', async () => {
      const { remote, store, requests } = await anUndatedDesk(1, () => 'lose-request');
      expect((await pushWaiting(remote, store)).ok).toBe(false);
      expect(requests.map(({ kind }) => kind)).toEqual(['push']);
    });
  });
});
