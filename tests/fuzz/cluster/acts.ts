import { takeIn } from '../../../src/server/areas/rescue/take-in';
import { resolveReview, reviewsOf, type ResolutionRequest } from '../../../src/server/areas/reviews/reviews';
import { documentPath, type CouchClient } from '../../../src/server/couch/client';
import { isJsonObject } from '../../../src/server/couch/json';
import { deskOfAccount } from '../../../src/server/desks/desk-document';
import { addDesk, changeRules, listDesks, renewCode, revokeDesk } from '../../../src/server/desks/desks';
import { pairDesk } from '../../../src/server/desks/pairing';
import { cards, sector, venue, visitsOf, type City } from './city';
import { Device } from './device';
import type { ServerProcess } from './server-process';

type Act = (city: City) => void;

/** What people, devices and machines do; what is listed more often happens more often. */
export const deck: readonly Act[] = [
  addsDesk,
  ...times(2, renewsCode),
  ...times(4, pairs),
  ...times(3, revokes),
  changesRules,
  changesPassword,
  ...times(2, revokesWhileItChanges),
  revokesWhileItPairs,
  ...times(4, logs),
  ...times(4, sends),
  ...times(3, decides),
  takesIn,
  looks,
  settlesWhereNeeded,
  startsServer,
  killsServer,
  ...times(2, nodeGoes),
  ...times(3, nodeComes),
  timePasses,
];

function times(count: number, act: Act): Act[] {
  return Array<Act>(count).fill(act);
}

const pathOfAccount = (account: string) => documentPath('_users', `org.couchdb.user:${account}`);

/** Whether an account is a desk's, as far as CouchDB knows now. */
export async function isDesk(client: CouchClient, account: string): Promise<boolean> {
  const { body } = await client.request('GET', pathOfAccount(account));
  return isJsonObject(body) && Array.isArray(body['roles']) && body['roles'].includes('desk');
}

function addsDesk(city: City): void {
  const server = city.aServer();
  server?.run('adds a desk', (client) => addDesk(client, 'Kassa', venue, server.now()), {
    done: ({ desk, code }) => city.ledger.codes.push({ desk: desk.id, code }),
  });
}

/** A desk with its device, as on the first day. */
export function opens(city: City): void {
  const server = city.aServer();
  server?.run('opens a desk', (client) => addDesk(client, 'Kassa', venue, server.now()), {
    done: ({ desk, code }) => pair(city, server, desk.id, code),
  });
}

/** One of the desks that the office sees in use: repeating actions would hide what went wrong before. */
async function aDesk(city: City, client: CouchClient): Promise<string | undefined> {
  const { desks: listed, unreadable } = await listDesks(client);
  const desks = listed.filter(({ status }) => status !== 'revoked');
  if (unreadable.length > 0) city.ledger.violate(`a desk can't be read: ${unreadable.join()}`);
  return desks.length > 0 ? city.random.pick(desks).id : undefined;
}

function renewsCode(city: City): void {
  const server = city.aServer();
  server?.run('renews a code', async (client) => {
    const desk = await aDesk(city, client);
    if (desk === undefined) return;
    const { code } = await renewCode(client, desk, server.now());
    city.ledger.codes.push({ desk, code });
  });
}

export function pair(city: City, server: ServerProcess, desk: string, code: string): void {
  server.run(`pairs ${desk}`, (client) => pairDesk(client, code, server.now()), {
    done: ({ account }) => city.devices.push(new Device(desk, account.name)),
  });
}

/** Now and then several devices with one code, at whichever server. */
function pairs(city: City): void {
  const { random, ledger } = city;
  if (ledger.codes.length === 0) return;
  const { desk, code } = random.pick(ledger.codes.slice(-4));
  const devices = random.next() < 0.7 ? 3 : 1;
  for (let device = 0; device < devices; device++) {
    const server = city.aServer();
    if (server) pair(city, server, desk, code);
  }
}

function revokes(city: City): void {
  const server = city.aServer();
  server?.run('revokes a desk', async (client) => {
    const desk = await aDesk(city, client);
    if (desk === undefined) return;
    await revokeDesk(client, desk, server.now());
    city.world.note(`${desk} is revoked`);
    city.ledger.revoked.add(desk);
  });
}

function changesRules(city: City): void {
  const rules = { mayOverride: false, mayType: true, logsAtOnce: city.random.next() < 0.5 };
  city.aServer()?.run('changes rules', async (client) => {
    const desk = await aDesk(city, client);
    if (desk !== undefined) await changeRules(client, desk, rules);
  });
}

function changesPassword(city: City): void {
  if (city.devices.length > 0) changePasswordOf(city, city.random.pick(city.devices));
}

/**
 * A device changes its password right after it was paired: at that moment somebody finds that it is the wrong
 * one.
 */
function revokesWhileItChanges(city: City): void {
  const server = city.aServer();
  if (city.devices.length === 0 || !server) return;
  const device = city.random.pick(city.devices.slice(-3));
  changePasswordOf(city, device);
  revoke(city, server, device.desk);
}

function revokesWhileItPairs(city: City): void {
  const [there, here] = [city.aServer(), city.aServer()];
  const issued = city.ledger.codes.at(-1);
  if (!there || !here || !issued) return;
  pair(city, there, issued.desk, issued.code);
  revoke(city, here, issued.desk);
}

export function revoke(city: City, server: ServerProcess, desk: string): void {
  server.run(`revokes ${desk}`, (client) => revokeDesk(client, desk, server.now()), {
    done: () => city.ledger.revoked.add(desk),
  });
}

/** As the proxy does for a device: with the revision that was read, and everything else unchanged. */
function changePasswordOf(city: City, { account }: Device): void {
  city.aServer()?.run(`changes the password of ${account}`, async (client) => {
    const { status, body } = await client.request('GET', pathOfAccount(account));
    if (status === 200 && isJsonObject(body)) {
      await client.request('PUT', pathOfAccount(account), { ...body, password: 'its own' });
    }
  });
}

function logs(city: City): void {
  if (city.devices.length === 0) return;
  const visit = city.random.pick(city.devices).log(city.random.pick(cards), city.world.now);
  city.world.note(`logged ${visit._id}`);
}

function sends(city: City): void {
  const having = city.devices.filter(({ waiting, isSending }) => waiting.length > 0 && !isSending);
  if (having.length > 0) send(city, city.random.pick(having));
}

/** CouchDB accepts nothing from an account that is not a desk's. */
export function send(city: City, device: Device): void {
  device.isSending = true;
  const over = () => (device.isSending = false);
  const work = async (client: CouchClient) => {
    if (await isDesk(client, device.account)) await device.send(client);
  };
  city.aServer()?.run(`${device.account} sends`, work, { done: over, failed: over });
}

/** Two people look at the same list, and each keeps a visit of their own choice. */
function decides(city: City): void {
  const { random } = city;
  const server = city.aServer();
  server?.run('looks at the reviews', async (client) => {
    const open = (await reviewsOf(client, sector, server.now())).filter(({ state }) => state.kind === 'open');
    if (open.length === 0) return;
    const { conflict } = random.pick(open);
    const seen = conflict.entries.map(({ id }) => id);
    const people = random.next() < 0.6 ? 2 : 1;
    for (let person = 0; person < people; person++) {
      const kept = random.pick(seen);
      const decision: ResolutionRequest['decision'] = { kind: 'keep', kept: [kept] };
      const at = city.aServer();
      at?.run(
        `keeps ${kept}`,
        (own) => resolveReview(own, { sector, conflict: conflict.id, seen, decision }, 'office', at.now()),
        { done: () => city.noteDecision(`${conflict.id} with ${seen.join()}`, kept) },
      );
    }
  });
}

function takesIn(city: City): void {
  const having = city.devices.filter(({ logged }) => logged.length > 0);
  if (having.length > 0) takeInFileOf(city, city.random.pick(having));
}

/**
 * S16: everything that a device has logged, sent or not; what the office learns is there counts as
 * acknowledged.
 */
export function takeInFileOf(city: City, device: Device): void {
  const entries = device.logged.map((document) => ({
    database: visitsOf,
    state: 'waiting' as const,
    document,
  }));
  city.aServer()?.run(`takes in a file of ${device.account}`, async (client) => {
    const desk = await deskOfAccount(client, device.account);
    if (!desk) return;
    const exportedAt = new Date(city.world.now).toISOString();
    const content = {
      type: 'tiski-rescue',
      v: 1,
      desk: device.account,
      exportedAt,
      count: entries.length,
    } as const;
    for (const { id, outcome } of await takeIn(client, { ...content, entries }, desk)) {
      if (outcome.kind === 'stored' || outcome.kind === 'already-there') device.acknowledged.add(id);
      else city.ledger.violate(`S16 ${id} was ${JSON.stringify(outcome)}`);
    }
  });
}

function looks(city: City): void {
  city.aServer()?.look(() => undefined);
}

/** If most nodes are always there nothing needs it, and it would only hide what is wrong. */
function settlesWhereNeeded(city: City): void {
  if (city.mostDown > 1) settles(city);
}

/** As each server does once a minute. */
export function settles(city: City): void {
  city.aServer()?.settle();
}

function startsServer({ servers, random }: City): void {
  const stopped = servers.filter(({ isStarted }) => !isStarted);
  if (stopped.length > 0) random.pick(stopped).start();
}

function killsServer(city: City): void {
  if (city.random.next() < 0.5) return;
  const server = city.random.pick(city.servers);
  server.kill();
  // What was on its way is never heard of again.
  city.devices.forEach((device) => (device.isSending = false));
}

function nodeGoes({ cluster, random, world, mostDown }: City): void {
  if (cluster.nodes.length - cluster.up.length >= mostDown) return;
  const node = random.pick(cluster.up);
  world.note(`${node.name} goes down`);
  cluster.stop(node);
}

/** Some come back empty: another machine in their place, and only while the others have everything. */
function nodeComes({ cluster, random, world }: City): void {
  const down = cluster.nodes.filter(({ isUp }) => !isUp);
  if (down.length === 0) return;
  const node = random.pick(down);
  const isElsewhere = cluster.up.every((other) => !other.isBehind(node));
  if (isElsewhere && random.next() < 0.3) {
    world.note(`${node.name} is replaced`);
    cluster.replace(node);
  } else {
    world.note(`${node.name} comes back`);
    cluster.start(node);
  }
}

function timePasses(city: City): void {
  city.world.now += city.random.pick([1_000, 60_000, 11 * 60_000]);
}
