import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { keyDocument, type KeyDocument } from '$lib/documents/catalogue/catalogue-documents';
import { catalogueDatabase } from '$lib/documents/databases';
import { addDays, type LocalDate } from '$lib/domain/time/day';
import { type CouchClient, documentPath, storeDocument, requireOk } from '../couch/client';
import { documentsOfType } from '../provision/catalogue';
import { keyDocumentOf, makeSigningKey, signingKey, type SigningKey } from './signing-key';

/**
 * The city's keys: private parts only in files of the data folder, public parts in the catalogue. They are
 * never in a database, so nobody who may read one can make a card, or read a desk's rescue file.
 */
export interface KeyStore {
  folder: string;
  client: CouchClient;
}

/** How many days after its publication a key starts to sign: desks that were offline have it by then. */
export const daysBeforeSigning = 7;

/** The private keys on the disk, oldest first. @throws if a file is not a key */
export async function readSigningKeys({ folder }: KeyStore): Promise<SigningKey[]> {
  const names = await readdir(folder).catch(() => []);
  const keys = await Promise.all(
    names
      .filter((name) => /^[\w-]{11}\.json$/.test(name))
      .map(async (name) => v.parse(signingKey, JSON.parse(await readFile(join(folder, name), 'utf8')))),
  );
  return keys.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}

/** What the catalogue says about the keys, including those whose private part is gone. */
export async function publishedKeys({ client }: KeyStore): Promise<KeyDocument[]> {
  const documents = await documentsOfType(client, catalogueDatabase, 'key');
  return documents.flatMap((document) => {
    const parsed = v.safeParse(keyDocument, document);
    return parsed.success ? [parsed.output] : [];
  });
}

/** Where the private parts of the city's keys are, as far as this server knows. */
export type KeyPlace = 'here' | 'elsewhere';

/**
 * Makes a key if the city has none, and publishes what is not published: safe at every start.
 * @returns `elsewhere`: cards are signed with keys whose private parts are not here. One made here too would
 * sign
 *   cards that desks without a network don't trust yet.
 */
export async function ensureSigningKey(store: KeyStore, today: LocalDate): Promise<KeyPlace> {
  const documents = await publishedKeys(store);
  if (!(await currentKey(store, today))) {
    if (documents.some(({ until }) => until === undefined || until >= today)) return 'elsewhere';
    await addKey(store, today);
  }
  const published = new Set(documents.map(({ _id }) => _id));
  for (const key of await readSigningKeys(store)) {
    if (!published.has(`key:${key.kid}`)) await publish(store, keyDocumentOf(key));
  }
  return 'here';
}

/** R2: a new key beside the old ones. Printed cards stay valid: their keys stay in the catalogue. */
export async function rotateKey(store: KeyStore, today: LocalDate): Promise<SigningKey> {
  const key = await addKey(store, addDays(today, daysBeforeSigning));
  await publish(store, keyDocumentOf(key));
  return key;
}

/** Retires a key: from `today` on its signatures alone admit nobody. False if there is no such key. */
export async function retireKey(store: KeyStore, kid: string, today: LocalDate): Promise<boolean> {
  const document = (await documentsOfType(store.client, catalogueDatabase, 'key')).find(
    ({ _id }) => _id === `key:${kid}`,
  );
  if (!document) return false;
  const retired = { ...document, _id: `key:${kid}`, until: addDays(today, -1) };
  await requireOk(store.client, 'PUT', documentPath(catalogueDatabase, retired._id), retired);
  return true;
}

/** The key that signs today: the newest that has started and was not retired. */
export async function currentKey(store: KeyStore, today: LocalDate): Promise<SigningKey | undefined> {
  const retired = new Set(
    (await publishedKeys(store))
      .filter(({ until }) => until !== undefined && until < today)
      .map(({ _id }) => _id.slice('key:'.length)),
  );
  const usable = (await readSigningKeys(store)).filter(({ kid }) => !retired.has(kid));
  return usable.findLast(({ from }) => from <= today) ?? usable[0];
}

async function addKey(store: KeyStore, from: LocalDate): Promise<SigningKey> {
  const key = await makeSigningKey(from);
  await storePrivateKey(store, `${key.kid}.json`, key);
  return key;
}

/** Writes a private key that only the server's own account can read. @throws if the file exists */
export async function storePrivateKey({ folder }: KeyStore, name: string, key: object): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = `${JSON.stringify(key, undefined, 2)}\n`;
  await writeFile(join(folder, name), text, { mode: 0o600, flag: 'wx' });
}

/**
 * Publishes a key's public part, which another server with the same folder may have done.
 * @throws {UnexpectedCouchReply}
 */
export async function publish(
  { client }: KeyStore,
  document: { _id: string; [field: string]: unknown },
  database = catalogueDatabase,
): Promise<void> {
  await storeDocument(client, documentPath(database, document._id), document);
}
