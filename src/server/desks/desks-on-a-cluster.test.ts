import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aService, aVenue } from '../../../tests/builders';
import { targets, type Target } from '../../../tests/contract/couch-target';
import { unsteadyClient } from '../../../tests/unsteady-client';
import type { CouchClient } from '../couch/client';
import { provision } from '../provision/provision';
import { putDeskAccount } from './desk-account';
import { addDesk, changeRules, listDesks, renewCode, revokeDesk } from './desks';
import { pairDesk } from './pairing';
import { DeskSettler } from './settle-desks';

const now = new Date('2026-11-22T08:00:00Z');
const rules = { mayOverride: false, mayType: true, logsAtOnce: false };

/** 202 is a success, and what was cut off in the middle is completed by trying again. */
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
    'a revocation that is %s on the way can be repeated, and none is shown before the rights are gone',
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
    'a pairing that is %s on the way is repaired by a fresh code',
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

  it('of eight devices with one code one is paired, and seven learn that it is used', async () => {
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

  it('a pairing that was cut off before its former account lost its rights is repaired by the next one', async () => {
    const desk = await aPairedDesk();
    const { code } = await renewCode(target.client, desk.id, now);
    // Of a repeated pairing: the desk, its new account, the former one.
    const client = unsteadyClient(target.client, (write) => (write === 3 ? 'lost' : 'stored'));
    await expect(pairDesk(client, code, now)).rejects.toThrow('503');
    expect(await rolesOf(desk.account)).toContain('desk');
    await pairDesk(target.client, (await renewCode(target.client, desk.id, now)).code, now);
    expect(await rolesOf(desk.account)).toEqual(['revoked']);
  });

  it('a revocation takes the rights of all accounts that a desk ever had', async () => {
    const desk = await aPairedDesk();
    const { code } = await renewCode(target.client, desk.id, now);
    const client = unsteadyClient(target.client, (write) => (write === 3 ? 'lost' : 'stored'));
    await expect(pairDesk(client, code, now)).rejects.toThrow('503');
    const second = (await deskOf(desk.id))?.account ?? '';
    await revokeDesk(target.client, desk.id, now);
    expect([await rolesOf(desk.account), await rolesOf(second)]).toEqual([['revoked'], ['revoked']]);
  });

  it('a revocation while a device is being paired leaves it no account', async () => {
    const { desk, code } = await addDesk(target.client, 'Kassa', 'uimahalli', now);
    const slow: CouchClient = {
      async request(method, path, body) {
        // Between the desk's document and its account.
        if (path.startsWith('/_users/') && method === 'PUT') await revokeDesk(target.client, desk.id, now);
        return target.client.request(method, path, body);
      },
    };
    await expect(pairDesk(slow, code, now)).rejects.toMatchObject({ error: 'account-taken' });
    expect(await rolesOf(desk.account)).toEqual(['revoked']);
  });

  it('a desk whose revocation was cut off after its account lost its rights can be paired after all', async () => {
    const { desk } = await addDesk(target.client, 'Kassa', 'uimahalli', now);
    const client = unsteadyClient(target.client, (write) => (write === 2 ? 'lost' : 'stored'));
    await expect(revokeDesk(client, desk.id, now)).rejects.toThrow('503');
    const { account } = await pairDesk(
      target.client,
      (await renewCode(target.client, desk.id, now)).code,
      now,
    );
    expect(await rolesOf(account.name)).toContain('desk');
    expect(await rolesOf(desk.account)).toEqual(['revoked']);
  });

  it('rights that came back with a node are gone within a minute, and of two branches one is left', async () => {
    const settler = new DeskSettler(target.client);
    await settler.settle(now);
    const desk = await aPairedDesk();
    await revokeDesk(target.client, desk.id, now);
    const path = `/_users/org.couchdb.user:${desk.account}`;
    const { body } = await target.client.request('GET', path);
    await target.client.request('PUT', path, { ...(body as object), roles: ['desk', 'venue:uimahalli'] });
    const other = await aPairedDesk();
    const found = await target.client.request('GET', `/tiski-desks/desk:${other.id}`);
    const { _rev, ...document } = found.body as { _rev: string; account: string };
    const branch = { ...document, account: 'desk-lost', _rev: '2-00000000000000000000000000000000' };
    await putDeskAccount(target.client, 'desk-lost', ['desk', 'venue:uimahalli'], 'a password of a test');
    const docs = [{ ...branch, _revisions: { start: 2, ids: ['0'.repeat(32), '1'.repeat(32)] } }];
    await target.client.request('POST', '/tiski-desks/_bulk_docs', { docs, new_edits: false });
    await settler.settle(now);
    expect(await rolesOf(desk.account)).toEqual(['revoked']);
    expect(await rolesOf('desk-lost')).toEqual(['revoked']);
    expect(await rolesOf(other.account)).toContain('desk');
    const after = await target.client.request('GET', `/tiski-desks/desk:${other.id}?conflicts=true`);
    expect(after.body).toMatchObject({ _rev, account: other.account });
    expect(after.body).not.toHaveProperty('_conflicts');
  });
});
