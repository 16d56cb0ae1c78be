import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, failure, startEmbedded, type Account, type Target } from './couch-target';

/**
 * The embedded store's own: a CouchDB only tells a long poll when the next change comes, or its time is up.
 */
describe('S11 a client who loses the right to read is told in the middle of a long poll', () => {
  const database = '/watched';
  let target: Target;
  let readers = 0;

  beforeAll(async () => {
    target = await startEmbedded();
    const { admin } = target;
    await target.couch('PUT', database, { as: admin });
    const security = { admins: { names: [], roles: [] }, members: { names: [], roles: ['readers'] } };
    await target.couch('PUT', `${database}/_security`, { as: admin, body: security });
  });
  afterAll(() => target.stop());

  const aReader = () => target.addAccount(`reader${++readers}`, ['readers']);
  const poll = `${database}/_changes?feed=longpoll&since=now`;

  async function setRoles({ name }: Account, roles: string[]): Promise<void> {
    const path = `/_users/${encodeURIComponent(`org.couchdb.user:${name}`)}`;
    const { body } = await target.couch('GET', path, { as: target.admin });
    const changed = { ...(body as object), roles };
    const answer = await target.couch('PUT', path, { as: target.admin, body: changed });
    expect(answer.status).toBe(201);
  }

  // Sooner than the polls would end by themselves.
  const limit = 30_000;

  it(
    'with the failure that the next request would get',
    async () => {
      const reader = await aReader();
      const polled = target.couch('GET', `${poll}&timeout=60000`, { as: reader });
      await setRoles(reader, ['revoked']);
      expect(failure(await polled)).toEqual([403, 'forbidden']);
    },
    limit,
  );

  it(
    'with the end of a heartbeat; a change that leaves the right ends nothing',
    async () => {
      const reader = await aReader();
      const response = await fetch(`${target.url}/couch${poll}&heartbeat=50000`, {
        headers: { authorization: basic(reader) },
      });
      const chunks = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      expect(await chunks?.read()).toMatchObject({ value: '\n' });
      const rest = chunks?.read();
      await setRoles(reader, ['readers', 'more']);
      const quiet = target.couch('GET', database, { as: reader });
      expect(await Promise.race([rest, quiet])).toMatchObject({ status: 200 });
      await setRoles(reader, ['revoked']);
      expect(JSON.parse((await rest)?.value ?? '')).toMatchObject({ results: [] });
    },
    limit,
  );
});
