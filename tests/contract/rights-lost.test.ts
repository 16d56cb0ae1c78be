import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, startEmbedded, type Account, type Target } from './couch-target';

/** The embedded store's own: a CouchDB tells a long poll when the next change comes, or its time is over. */
describe('S11 who loses the right to read hears of it in the midst of a long poll', () => {
  const database = '/watched';
  let target: Target;
  let reader: Account;

  beforeAll(async () => {
    target = await startEmbedded();
    const { admin } = target;
    await target.couch('PUT', database, { as: admin });
    const security = { admins: { names: [], roles: [] }, members: { names: [], roles: ['readers'] } };
    await target.couch('PUT', `${database}/_security`, { as: admin, body: security });
  });
  afterAll(() => target.stop());

  const poll = (query: string) =>
    target.couch('GET', `${database}/_changes?feed=longpoll&since=now&${query}`, { as: reader });

  async function setRoles(roles: string[]): Promise<void> {
    const path = `/_users/${encodeURIComponent(`org.couchdb.user:${reader.name}`)}`;
    const { body } = await target.couch('GET', path, { as: target.admin });
    const changed = { ...(body as object), roles };
    expect(await target.couch('PUT', path, { as: target.admin, body: changed })).toMatchObject({
      status: 201,
    });
  }

  it.each([
    ['plain', 'timeout=60000'],
    ['with a heartbeat', 'heartbeat=50000'],
  ])(
    '%s',
    async (name, wait) => {
      reader = await target.addAccount(`reader ${name}`, ['readers']);
      let isOver = false;
      const polled = poll(wait).finally(() => (isOver = true));
      // A change of rights that leaves this one ends nothing.
      await setRoles(['readers', 'more']);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(isOver).toBe(false);
      await setRoles(['revoked']);
      const answer = await polled;
      if (name === 'plain') expect(failure(answer)).toEqual([403, 'forbidden']);
      else expect(answer).toMatchObject({ status: 200, body: { results: [] } });
      expect(failure(await poll(wait))).toEqual([403, 'forbidden']);
      // Sooner than the poll would end by itself.
    },
    30_000,
  );
});
