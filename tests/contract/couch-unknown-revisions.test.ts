import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCard, cardNumber } from '../builders';
import { targets, type Target } from './couch-target';
import { provision } from '../../src/server/provision/provision';

/**
 * When asked for the latest of a revision that it never had, the store ended the process: any desk could do
 * that.
 */
describe.each(targets)('revisions that a document never had, over $name', ({ name, start }) => {
  const number = cardNumber(1);
  let target: Target;
  let path: string;
  let rev: string;
  const unknown = `5-${'abc'.repeat(10)}ab`;

  beforeAll(async () => {
    target = await start();
    await provision(target.client);
    await target.client.request('PUT', `/tiski-register/card:${number}`, aCard(number));
    path = '/tiski-register';
    const { body } = await target.client.request('GET', `/tiski-register/card:${number}`);
    rev = (body as { _rev: string })._rev;
  });
  afterAll(() => target.stop());

  const get = (query: string) => target.couch('GET', `${path}/card:${number}?${query}`, { as: target.admin });

  it.each(['5-abc', `1-${'0'.repeat(32)}`, unknown])(
    '%s is missing, with latest and without',
    async (asked) => {
      for (const latest of [true, false]) {
        const one = await get(`rev=${asked}&latest=${latest}`);
        // CouchDB treats the latest of what it can't find as the current document.
        const isAsItIs = name === 'CouchDB' && latest;
        expect([one.status, (one.body as { error?: string }).error]).toEqual(
          isAsItIs ? [200, undefined] : [404, 'not_found'],
        );
        const several = await get(
          `open_revs=${encodeURIComponent(JSON.stringify([rev, asked]))}&latest=${latest}`,
        );
        expect(several.body).toEqual([{ ok: expect.objectContaining({ _rev: rev }) }, { missing: asked }]);
        const bulk = await target.couch('POST', `${path}/_bulk_get?latest=${latest}`, {
          as: target.admin,
          body: {
            docs: [
              { id: `card:${number}`, rev: asked },
              { id: `card:${number}`, rev },
            ],
          },
        });
        expect(bulk).toMatchObject({
          status: 200,
          body: { results: [{ docs: [{ error: { rev: asked } }] }, { docs: [{ ok: { _rev: rev } }] }] },
        });
      }
    },
  );
});
