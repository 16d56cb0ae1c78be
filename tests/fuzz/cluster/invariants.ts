import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '../../../src/server/couch/json';
import { sortedJson } from '../effect';
import type { Revision } from './revisions';
import { visitsOf, type City } from './city';

/** What is stored when every node has everything: the leaves of each document's history, the winner first. */
export function stored(city: City, database: string): Map<string, Revision[]> {
  const copy = city.cluster.nodes[0]?.copies.get(database);
  return new Map([...(copy?.documents ?? [])].map(([id, tree]) => [id, tree.leaves()]));
}

export function winners(city: City, database: string): Map<string, JsonObject> {
  const found = [...stored(city, database)].flatMap(([id, [winner]]) =>
    winner && !winner.isDeleted ? [[id, winner.body] as const] : [],
  );
  return new Map(found);
}

/** Every node has the same of every document. */
export function checkNodes(city: City): void {
  const tell = (index: number) =>
    JSON.stringify(
      [...(city.cluster.nodes[index]?.copies ?? [])]
        .map(([name, { documents }]) => [
          name,
          [...documents].map(([id, tree]) => [id, tree.leaves().map(({ rev }) => rev)]).sort(),
        ])
        .sort(),
    );
  if (new Set([0, 1, 2].map(tell)).size > 1) city.ledger.violate('the nodes differ (of the fake itself)');
}

/** S3 Every visit that was acknowledged is there once, as it was made; nothing is there that nobody logged. */
export function checkVisits(city: City): void {
  const there = stored(city, visitsOf);
  const own = new Map(
    city.devices.flatMap((device) => device.logged.map((visit) => [visit._id, { visit, device }])),
  );
  for (const [id, { visit, device }] of own) {
    const [winner, ...others] = there.get(id) ?? [];
    if (!winner && device.acknowledged.has(id)) city.ledger.violate(`S3 ${id} was acknowledged and is lost`);
    if (!winner) continue;
    if (sortedJson(winner.body) !== sortedJson(visit)) city.ledger.violate(`S3 ${id} is another`);
    if (others.length > 0 || !winner.rev.startsWith('1-')) city.ledger.violate(`S3 ${id} was stored twice`);
  }
  for (const id of there.keys()) {
    if (id.startsWith('visit:') && !own.has(id)) city.ledger.violate(`S3 nobody has logged ${id}`);
  }
}

interface Account {
  name: string;
  roles: string[];
}

const accountsOf = (city: City): Account[] =>
  [...winners(city, '_users').values()].map(({ name, roles }) => ({
    name: String(name),
    roles: Array.isArray(roles) ? roles.map(String) : [],
  }));

/** A desk of which somebody was told that it is revoked, or that is shown as such, has no account with a right. */
export function checkRevoked(city: City): void {
  const rights = new Map(accountsOf(city).map(({ name, roles }) => [name, roles]));
  const desks = winners(city, 'tiski-desks');
  const shown = [...desks].flatMap(([id, { status }]) =>
    status === 'revoked' ? [id.slice('desk:'.length)] : [],
  );
  for (const id of new Set([...city.ledger.revoked, ...shown])) {
    const desk = desks.get(`desk:${id}`);
    if (desk?.['status'] !== 'revoked')
      city.ledger.violate(`${id} was told revoked and is ${String(desk?.['status'])}`);
    const former = Array.isArray(desk?.['formerAccounts']) ? desk['formerAccounts'].map(String) : [];
    const given = city.devices.filter((device) => device.desk === id).map(({ account }) => account);
    for (const account of new Set([String(desk?.['account']), ...former, ...given])) {
      const roles = rights.get(account) ?? [];
      if (roles.some((role) => role !== 'revoked')) {
        city.ledger.violate(`${id} is revoked, and its ${account} has ${roles.join()}`);
      }
    }
  }
}

/** Nobody has a desk's rights but the account that a desk in use names. */
export function checkRights(city: City): void {
  const inUse = new Set(
    [...winners(city, 'tiski-desks').values()]
      .filter(({ type, status }) => type === 'desk' && status === 'paired')
      .map(({ account }) => String(account)),
  );
  for (const { name, roles } of accountsOf(city)) {
    if (roles.includes('desk') && !inUse.has(name))
      city.ledger.violate(`${name} has rights that no desk explains`);
  }
}

/** What is kept in one version only has no second branch that lives; of accounts CouchDB goes by the winner. */
export function checkBranches(city: City): void {
  for (const database of ['tiski-desks', 'tiski-catalogue', visitsOf]) {
    for (const [id, leaves] of stored(city, database)) {
      const living = leaves.filter(({ isDeleted }) => !isDeleted);
      if (living.length > 1) city.ledger.violate(`${id} of ${database} has ${living.length} living branches`);
    }
  }
}

/** R7 Of the visits of a conflict that was decided the kept one counts. */
export function checkDecisions(city: City): void {
  const log = winners(city, visitsOf);
  for (const [state, kept] of city.ledger.decided) {
    if (!log.has(kept)) city.ledger.violate(`${state}: ${kept} is not there`);
  }
}

/** The catalogue's keys all have their private parts in some folder, and no file was ever written over. */
export async function checkKeys(city: City): Promise<void> {
  const { keyFiles } = city.ledger;
  const here = new Set<string>();
  for (const folder of await readdir(city.folder).catch(() => [])) {
    for (const name of await readdir(join(city.folder, folder))) {
      const text = await readFile(join(city.folder, folder, name), 'utf8');
      const before = keyFiles.get(`${folder}/${name}`);
      if (before !== undefined && before !== text) city.ledger.violate(`the key ${name} was written over`);
      keyFiles.set(`${folder}/${name}`, text);
      here.add(name.replace(/(\.rescue)?\.json$/, ''));
    }
  }
  for (const name of keyFiles.keys()) {
    const kid = name.replace(/^.*\/|(\.rescue)?\.json$/g, '');
    if (!here.has(kid)) city.ledger.violate(`the key ${kid} is lost`);
  }
  for (const [id, document] of winners(city, 'tiski-catalogue')) {
    if (!isJsonObject(document) || !['key', 'rescue-key'].includes(String(document['type']))) continue;
    const kid = id.split(':')[1] ?? '';
    if (!here.has(kid)) city.ledger.violate(`the private part of ${id} is nowhere`);
  }
}
