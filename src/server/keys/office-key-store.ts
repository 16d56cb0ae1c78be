import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { catalogueDatabase, desksDatabase } from '$lib/documents/databases';
import { officeKeyDocument, type OfficeKeyDocument } from '$lib/documents/office-key';
import { documentsOfType } from '../provision/catalogue';
import { publish, storePrivateKey, type KeyPlace, type KeyStore } from './key-store';
import { makeOfficeKey, officeKey, officeKeyDocumentOf, type OfficeKey } from './office-key';

/** What the office's keys are for. No key serves two purposes. */
export interface KeyPurpose<Type extends string = 'rescue-key' | 'submission-key'> {
  /** The type of the documents that publish its keys, and their database. */
  type: Type;
  database: string;
  /** The end of its files' names, after the kid. */
  ending: string;
}

/** S16: desks read the key in the catalogue, which they have without a network. */
export const rescueKeys: KeyPurpose<'rescue-key'> = {
  type: 'rescue-key',
  database: catalogueDatabase,
  ending: '.rescue.json',
};

/** S20: devices ask the server for the key, so it is where the server alone writes. */
export const submissionKeys: KeyPurpose<'submission-key'> = {
  type: 'submission-key',
  database: desksDatabase,
  ending: '.submissions.json',
};

export const fileNameOf = ({ ending }: KeyPurpose, kid: string) => `${kid}${ending}`;

/** The private keys on the disk, oldest first. @throws if a file is not a key */
export async function readOfficeKeys({ folder }: KeyStore, { ending }: KeyPurpose): Promise<OfficeKey[]> {
  const names = await readdir(folder).catch(() => []);
  const keys = await Promise.all(
    names
      .filter((name) => name.endsWith(ending))
      .map(async (name) => v.parse(officeKey, JSON.parse(await readFile(join(folder, name), 'utf8')))),
  );
  return keys.sort((a, b) => (a.madeAt < b.madeAt ? -1 : a.madeAt > b.madeAt ? 1 : 0));
}

/** What is published, oldest first, including keys whose private part is not here. */
export async function publishedOfficeKeys<Type extends KeyPurpose['type']>(
  { client }: KeyStore,
  { type, database }: KeyPurpose<Type>,
): Promise<OfficeKeyDocument<Type>[]> {
  const schema: v.GenericSchema<unknown, OfficeKeyDocument<Type>> = officeKeyDocument(type);
  const keys = (await documentsOfType(client, database, type)).flatMap((document) => {
    const parsed = v.safeParse(schema, document);
    return parsed.success ? [parsed.output] : [];
  });
  return keys.sort((a, b) => (a.madeAt < b.madeAt ? -1 : 1));
}

/**
 * Makes a key if the city has none, and publishes what is not published: safe at every start.
 * @returns `elsewhere`: devices encrypt for keys whose private parts are not here, and this server adds no
 *   other
 */
export async function ensureOfficeKey(store: KeyStore, purpose: KeyPurpose, now: Date): Promise<KeyPlace> {
  if ((await readOfficeKeys(store, purpose)).length === 0) {
    if ((await publishedOfficeKeys(store, purpose)).length > 0) return 'elsewhere';
    await addKey(store, purpose, now);
  }
  const published = new Set((await publishedOfficeKeys(store, purpose)).map(({ _id }) => _id));
  for (const key of await readOfficeKeys(store, purpose)) {
    const document = officeKeyDocumentOf(purpose.type, key);
    if (!published.has(document._id)) await publish(store, document, purpose.database);
  }
  return 'here';
}

/** Devices encrypt for a new key from now on. The old ones stay, so that what was made before can be opened. */
export async function rotateOfficeKey(store: KeyStore, purpose: KeyPurpose, now: Date): Promise<OfficeKey> {
  const key = await addKey(store, purpose, now);
  await publish(store, officeKeyDocumentOf(purpose.type, key), purpose.database);
  return key;
}

async function addKey(store: KeyStore, purpose: KeyPurpose, now: Date): Promise<OfficeKey> {
  const key = await makeOfficeKey(now);
  await storePrivateKey(store, fileNameOf(purpose, key.kid), key);
  return key;
}
