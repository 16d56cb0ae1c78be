import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aService, aVenue } from '../../../tests/builders';
import { targets, type Target } from '../../../tests/contract/couch-target';
import { unsteadyClient } from '../../../tests/unsteady-client';
import type { CouchClient } from '../couch/client';
import { provision } from '../provision/provision';
import { addDesk, changeRules, listDesks, renewCode, revokeDesk } from './desks';
import { pairDesk } from './pairing';

const now = new Date('2026-11-22T08:00:00Z');
const rules = { mayOverride: false, mayType: true, logsAtOnce: false };

/** 202 is a success, and what was cut off in the middle is whole after another press. */
describe.each(targets)('desks over $name, short of nodes', ({ start }) => {
  let target: Target;
  beforeAll(async () => {
    target = await start();
    await provision(target.client);
    for (const document of [aVenue('uimahalli'), aService('uinti')]) {
      await target.client.request('PUT', `/tiski-catalogue/${document._id}`, document);
    }
    await provision(target.client);
  });
  afterAll(() => target.stop());

  const rolesOf = async (account: string) => {
    const { body } = await target.client.request('GET', `/_users/org.couchdb.user:${account}`);
    return (body as { roles?: string[] }).roles;
  };
  const deskOf = async (id: string) => (await listDesks(target.client)).desks.find((desk) => desk.id === id);
  const aPairedDesk = async () => {
    const { desk, code } = await addDesk(target.client, 'Kassa', 'uimahalli', now);
    await pairDesk(target.client, code, now);
    return desk;
  };

  it('what too few nodes have stored is stored', async () => {
    const client = unsteadyClient(target.client, () => 'accepted');
    const { desk, code } = await addDesk(client, 'Kassa', 'uimahalli', now);
    const paired = await pairDesk(client, code, now);
    expect(paired.desk).toMatchObject({ id: desk.id, sectors: ['liikunta'] });
    await changeRules(client, desk.id, rules);
    await renewCode(client, desk.id, now);
    await revokeDesk(client, desk.id, now);
    expect(await deskOf(desk.id)).toMatchObject({ status: 'revoked', rules });
    expect(await rolesOf(desk.account)).toEqual(['revoked']);
    expect(client.writes).toBeGreaterThan(6);
  });

  /** Runs something with each of its writes failing in turn, then once more; until none is left to fail. */
  async function cutOffEverywhere(
    fate: 'lost' | 'stored-and-unanswered',
    begin: () => Promise<(client: CouchClient) => Promise<unknown>>,
    check: (run: number) => Promise<void>,
  ): Promise<void> {
    for (let broken = 1; ; broken += 1) {
      const act = await begin();
      const client = unsteadyClient(target.client, (write) => (write === broken ? fate : 'stored'));
      const outcome = await act(client).then(
        () => 'done' as const,
        () => 'failed' as const,
      );
      if (outcome === 'done') {
        expect(broken).toBeGreaterThan(1);
        return;
      }
      await act(target.client);
      await check(broken);
    }
  }

  it.each(['lost', 'stored-and-unanswered'] as const)(
    'a revocation that is %s on the way can be pressed again, and none is shown before the rights are gone',
    async (fate) => {
      let desk = await aPairedDesk();
      await cutOffEverywhere(
        fate,
        async () => {
          desk = await aPairedDesk();
          return async (client) => {
            await revokeDesk(client, desk.id, now).catch(async (error: unknown) => {
              const shown = (await deskOf(desk.id))?.status;
              if (shown === 'revoked') expect(await rolesOf(desk.account)).toEqual(['revoked']);
              throw error;
            });
          };
        },
        async () => {
          expect(await deskOf(desk.id)).toMatchObject({ status: 'revoked' });
          expect(await rolesOf(desk.account)).toEqual(['revoked']);
        },
      );
    },
  );

  it.each(['lost', 'stored-and-unanswered'] as const)(
    'a pairing that is %s on the way is made good by a fresh code',
    async (fate) => {
      let id = '';
      let code = '';
      await cutOffEverywhere(
        fate,
        async () => {
          const issued = await addDesk(target.client, 'Kassa', 'uimahalli', now);
          id = issued.desk.id;
          code = issued.code;
          return async (client) => {
            if (client === target.client) code = (await renewCode(client, id, now)).code;
            await pairDesk(client, code, now);
          };
        },
        async () => {
          const desk = await deskOf(id);
          expect(desk).toMatchObject({ status: 'paired' });
          expect(await rolesOf(desk?.account ?? '')).toContain('venue:uimahalli');
        },
      );
    },
  );

  it('of eight devices with one code one is paired, and seven are told that it is used', async () => {
    const { desk, code } = await addDesk(target.client, 'Kassa', 'uimahalli', now);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => pairDesk(target.client, code, now)),
    );
    const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(refused).toEqual(
      Array.from({ length: 7 }, () => expect.objectContaining({ error: 'unknown-code' })),
    );
    expect(await rolesOf((await deskOf(desk.id))?.account ?? '')).toContain('desk');
  });
});
