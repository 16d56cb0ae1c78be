import type { CardDocument } from '../../src/lib/documents/register/card-document';
import type { LogDocument } from '../../src/lib/documents/visits/visit-documents';
import { aCard, anOffering, aScheme, aService, aVenue, cardNumber } from '../builders';
import type { FakeDatabase, FakeServer } from '../fake-server';
import { catalogueDatabase, databasesOf, registerDatabase, visitsDatabase } from './databases';
import type { Random } from './random';

export const sectors = ['liikunta', 'kulttuuri'];
export const databases = databasesOf(sectors);
const services: Record<string, string> = { swim: 'liikunta', course: 'liikunta', theatre: 'kulttuuri' };

/** The log that a document belongs into; a resolution's conflict names its service in the third place. */
export function databaseOf(document: LogDocument): string {
  const service = document.type === 'resolution' ? document.conflict.split(':')[2] : document.service;
  return visitsDatabase(services[service ?? ''] ?? 'liikunta');
}

export const courses = ['watercolours', 'pottery'];

const numbers = [1, 2, 3, 4, 5, 6].map(cardNumber);
/** Of cards that there are from the beginning: a restore takes the others away again. */
const firstNumbers = numbers.slice(0, 3);
export const aNumber = (random: Random): string => random.pick(numbers);
/** Of cards that are used too often: desks that are apart come into conflict over them. */
export const aBusyNumber = (random: Random): string => random.pick(numbers.slice(0, 2));

const card = (number: string, changes: Partial<CardDocument> = {}) =>
  aCard(number, { validFrom: '2020-01-01', validUntil: '2040-12-31', ...changes });

const service = (id: string, fi: string) =>
  aService(id, {
    sector: services[id] ?? 'liikunta',
    names: { fi, sv: fi, en: fi },
    repeatMinutes: 0,
    ...(id === 'course' && { rule: { kind: 'choice', n: 1 } }),
    ...(id === 'theatre' && { rule: { kind: 'limit', n: 1, per: 'day' } }),
  });

/** A city with half of its six cards, three services of two sectors, and no visit yet. */
export function furnish(server: FakeServer): void {
  const catalogue = server.database(catalogueDatabase);
  catalogue.put(aScheme('warkaus', { services: Object.keys(services) }));
  catalogue.put(aVenue('uimahalli', { stale: { afterDays: 7, then: 'admit' } }));
  for (const id of courses) catalogue.put(anOffering(id, { from: '2026-01-01', until: '2027-12-31' }));
  for (const id of Object.keys(services)) catalogue.put(service(id, id));
  for (const number of firstNumbers) server.database(registerDatabase).put(card(number));
  for (const sector of sectors) server.database(visitsDatabase(sector));
}

/** Something that the office does; tells what. */
export function workAtOffice(server: FakeServer, random: Random): string {
  const register = server.database(registerDatabase);
  const number = aNumber(random);
  const work = random.pick(['change', 'change', 'delete', 'delete', 'spoil', 'renew', 'catalogue']);
  switch (work) {
    case 'change':
      register.put(card(number, { status: random.pick(['active', 'suspended', 'lost']) }));
      break;
    case 'delete':
      register.delete(`card:${number}`);
      break;
    case 'spoil':
      // S7: what no build can read.
      register.put({ ...card(number), status: 'frozen' });
      break;
    case 'renew':
      // S7: what only a newer build can read.
      register.put({ ...card(number), v: 2 });
      break;
    case 'catalogue':
      server
        .database(catalogueDatabase)
        .put(service(random.pick(['swim', 'theatre']), random.pick(['a', 'b', 'c'])));
      break;
  }
  return `office: ${work} ${number}`;
}

/** One card goes, and another one comes. */
export function turnOver(server: FakeServer, random: Random): string {
  const [gone, come] = [random.pick(firstNumbers), random.pick(numbers.slice(firstNumbers.length))];
  server.database(registerDatabase).delete(`card:${gone}`);
  server.database(registerDatabase).put(card(come));
  return `office: ${gone} goes, ${come} comes`;
}

/** S18: the server packs the register, in parts of a row each; now and then one is damaged on its disk. */
export async function packRegister(server: FakeServer, random: Random): Promise<string> {
  const { parts } = await server.database(registerDatabase).pack(1);
  if (random.next() < 0.8) return 'the register is packed';
  const [name, bytes] = random.pick([...parts]);
  parts.set(
    name,
    bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte)),
  );
  return 'the register is packed, and damaged';
}

/** Which copy of a database the server has: a restore leads to another, though its epoch may be the same. */
export class Copies {
  /** Databases whose files were put back, epoch and all, since their epoch was last renewed. */
  readonly rolledBack = new Set<string>();
  #renewed = 1;
  #backups: { database: FakeDatabase; name: string; epoch: string | undefined; restore: () => void }[] = [];

  backUp(server: FakeServer): void {
    this.#backups = databases.map((name) => {
      const database = server.database(name);
      return { name, database, epoch: database.epoch, restore: database.backup() };
    });
  }

  /** A copy may be put back more than once; files that are copied back bring their epoch with them. */
  restore(kind: 'renewed' | 'kept'): void {
    for (const { name, database, epoch, restore } of this.#backups) {
      restore();
      database.epoch = kind === 'renewed' ? `epoch-${++this.#renewed}` : epoch;
      if (kind === 'renewed') this.rolledBack.delete(name);
      else this.rolledBack.add(name);
    }
  }

  get hasBackup(): boolean {
    return this.#backups.length > 0;
  }
}
