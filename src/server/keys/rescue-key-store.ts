import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { rescueKeyDocument, type RescueKeyDocument } from '$lib/documents/catalogue/catalogue-documents';
import { catalogueDatabase } from '$lib/documents/databases';
import { documentsOfType } from '../provision/catalogue';
import { publish, storePrivateKey, type KeyPlace, type KeyStore } from './key-store';
import { makeRescueKey, rescueKey, rescueKeyDocumentOf, type RescueKey } from './rescue-key';

export const rescueFileNameOf = (kid: string) => `${kid}.rescue.json`;

/** The private keys of rescue files on the disk, oldest first. @throws if a file is not a key */
export async function readRescueKeys({ folder }: KeyStore): Promise<RescueKey[]> {
  const names = await readdir(folder).catch(() => []);
  const keys = await Promise.all(
    names
      .filter((name) => name.endsWith(rescueFileNameOf('')))
      .map(async (name) => v.parse(rescueKey, JSON.parse(await readFile(join(folder, name), 'utf8')))),
  );
  return keys.sort((a, b) => (a.madeAt < b.madeAt ? -1 : a.madeAt > b.madeAt ? 1 : 0));
}

/** What the catalogue says about them, oldest first, including those whose private part is not here. */
export async function publishedRescueKeys({ client }: KeyStore): Promise<RescueKeyDocument[]> {
  const documents = await documentsOfType(client, catalogueDatabase, 'rescue-key');
  const keys = documents.flatMap((document) => {
    const parsed = v.safeParse(rescueKeyDocument, document);
    return parsed.success ? [parsed.output] : [];
  });
  return keys.sort((a, b) => (a.madeAt < b.madeAt ? -1 : 1));
}

/**
 * Makes a key if the city has none, and publishes what is not published: safe at every start.
 * @returns `elsewhere`: desks encrypt for keys whose private parts are not here, and this server adds no
 * other
 */
export async function ensureRescueKey(store: KeyStore, now: Date): Promise<KeyPlace> {
  if ((await readRescueKeys(store)).length === 0) {
    if ((await publishedRescueKeys(store)).length > 0) return 'elsewhere';
    await addKey(store, now);
  }
  const published = new Set((await publishedRescueKeys(store)).map(({ _id }) => _id));
  for (const key of await readRescueKeys(store)) {
    const document = rescueKeyDocumentOf(key);
    if (!published.has(document._id)) await publish(store, document);
  }
  return 'here';
}

/** S16: desks encrypt for a new key from now on. The old ones stay, so that what was saved before can be opened. */
export async function rotateRescueKey(store: KeyStore, now: Date): Promise<RescueKey> {
  const key = await addKey(store, now);
  await publish(store, rescueKeyDocumentOf(key));
  return key;
}

async function addKey(store: KeyStore, now: Date): Promise<RescueKey> {
  const key = await makeRescueKey(now);
  await storePrivateKey(store, rescueFileNameOf(key.kid), key);
  return key;
}
