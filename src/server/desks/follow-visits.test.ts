import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aService, aVisit } from '../../../tests/builders';
import type { Backend } from '../backend';
import { requireOk, type CouchClient, type CouchReply } from '../couch/client';
import { renewEpoch } from '../epochs/ensure-epoch';
import { epochPath } from '../epochs/epoch-document';
import { unshared } from '../lease/lease';
import { openBackend } from '../open-backend';
import { provision } from '../provision/provision';
import { VisitFollower } from './follow-visits';

const visits = 'tiski-visits-liikunta';
let folder: string;
let backend: Backend;
/** What a replaced node says instead. */
let says: (path: string, reply: CouchReply) => CouchReply;
/** Reads of the visits from zero. */
let fromZero: number;
let client: CouchClient;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiski-follow-'));
  backend = await openBackend({ folder, iterations: 10_000 });
  await provision(backend.client);
  await requireOk(backend.client, 'PUT', '/tiski-catalogue/service:swim', aService('swim'));
  await provision(backend.client);
  for (let number = 1; number <= 3; number++) {
    const visit = aVisit('desk-1', number);
    await requireOk(backend.client, 'PUT', `/${visits}/${visit._id}`, visit);
  }
  says = (_path, reply) => reply;
  fromZero = 0;
  client = {
    async request(method, path, body) {
      if (path.startsWith(`/${visits}/_changes?since=0&`)) fromZero += 1;
      return says(path, await backend.client.request(method, path, body));
    },
  };
});
afterEach(async () => {
  await backend.close();
  await rm(folder, { recursive: true, force: true });
});

it('S8, S15 nodes that disagree about epochs and databases never make it start over', async () => {
  const follower = new VisitFollower(client, unshared);
  await follower.catchUp(10);
  expect([fromZero, follower.stateOf('desk-1').last]).toEqual([1, 3]);
  let turn = 0;
  says = (path, reply) => {
    turn += 1;
    if (path === epochPath(visits)) return turn % 2 === 0 ? { status: 404, body: {} } : reply;
    if (path === '/_all_dbs' && turn % 3 > 0) return { status: 200, body: ['_users'] };
    return reply;
  };
  for (let look = 0; look < 20; look++) await follower.catchUp(10);
  expect([fromZero, follower.stateOf('desk-1').last]).toEqual([1, 3]);
});

it('S8, S15 another copy is counted from the start once, and one that is gone is forgotten', async () => {
  const follower = new VisitFollower(client, unshared);
  await follower.catchUp(10);
  await renewEpoch(backend.client, visits);
  for (let look = 0; look < 5; look++) await follower.catchUp(10);
  expect([fromZero, follower.stateOf('desk-1').last]).toEqual([2, 3]);
  says = (path, reply) => (path === '/_all_dbs' ? { status: 200, body: ['_users'] } : reply);
  await follower.catchUp(10);
  await follower.catchUp(10);
  expect(follower.stateOf('desk-1').last).toBe(3);
  await follower.catchUp(10);
  expect(follower.stateOf('desk-1').last).toBe(0);
});
