import { readFile, stat, writeFile } from 'node:fs/promises';
import { localDate } from '$lib/domain/time/day';
import { isDemoStore } from '../demo/demo-store';
import { publishedKeys, readSigningKeys, retireKey, rotateKey, type KeyStore } from '../keys/key-store';
import {
  publishedOfficeKeys,
  readOfficeKeys,
  rescueKeys,
  rotateOfficeKey,
  submissionKeys,
  type KeyPurpose,
} from '../keys/office-key-store';
import { sealKeys, unsealKeys } from '../keys/sealed-keys';
import { keyFolder } from '../keys/key-folder';
import { provision } from '../provision/provision';
import { CommandError } from './command-error';
import type { Command } from './options';
import { withStore } from './provision';

/**
 * Manages the keys of signed card codes, rescue files and submissions. The embedded store must not be in use:
 * stop the server first.
 */
export async function runKeys(command: Extract<Command, { kind: 'keys' }>): Promise<void> {
  const { options } = command;
  await withStore(options, async ({ client }) => {
    await provision(client);
    const store: KeyStore = {
      folder: keyFolder(
        { folder: options.data, ...(options.keys !== undefined && { keys: options.keys }) },
        await isDemoStore(client),
      ),
      client,
    };
    if (command.action === 'export') return exportKeys(store, command.file, command.passphrase);
    if (command.action === 'import') return importKeys(store, command.file, command.passphrase);
    const today = localDate(Date.now(), 'UTC');
    switch (command.action) {
      case 'list':
        return listKeys(store);
      case 'rotate': {
        const { kid, from } = await rotateKey(store, today);
        console.log(`Key ${kid} is published and signs from ${from} on. Printed cards stay good.`);
        return;
      }
      case 'rotate-rescue': {
        const { kid } = await rotateOfficeKey(store, rescueKeys, new Date());
        console.log(`Rescue files are made for key ${kid} from each desk's next contact on.`);
        return;
      }
      case 'rotate-submissions': {
        const { kid } = await rotateOfficeKey(store, submissionKeys, new Date());
        console.log(`Submissions are sealed for key ${kid} from each device's next contact on.`);
        return;
      }
      case 'retire':
        if (!(await retireKey(store, command.kid, today))) {
          throw new CommandError(`there is no key ${command.kid}. See: tiski keys`);
        }
        console.log(
          `Key ${command.kid} is given up. Cards signed with it are good while the register has them.`,
        );
    }
  });
}

/** @throws {CommandError} if the file exists, or there is nothing to write */
async function exportKeys(store: KeyStore, file: string, passphrase: string): Promise<void> {
  const { text, keys } = await sealKeys(store, passphrase);
  if (keys === 0) throw new CommandError(`there are no private keys in ${store.folder}.`);
  try {
    await writeFile(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new CommandError(
      `${file} can't be written: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}.`,
    );
  }
  console.log(
    `${keys} keys are in ${file}. Whoever has it and the passphrase can make cards: keep them apart.`,
  );
}

/** A city's sealed keys are some kilobytes. */
const largestFile = 1_000_000;

/** @throws {CommandError} if the file can't be read or opened */
async function importKeys(store: KeyStore, file: string, passphrase: string): Promise<void> {
  const size = (await stat(file).catch(() => undefined))?.size;
  if (size === undefined) throw new CommandError(`${file} can't be read.`);
  if (size > largestFile) throw new CommandError(`${file} holds no keys of Tiski.`);
  const unsealed = await unsealKeys(store, await readFile(file, 'utf8'), passphrase);
  switch (unsealed.kind) {
    case 'unsealed':
      console.log(`${unsealed.added} keys were added in ${store.folder}, ${unsealed.present} were there.`);
      return;
    case 'not-keys':
      throw new CommandError(`${file} holds no keys of Tiski.`);
    case 'not-opened':
      throw new CommandError(`${file} can't be opened: another passphrase, or the file is damaged.`);
  }
}

async function listKeys(store: KeyStore): Promise<void> {
  const own = new Set((await readSigningKeys(store)).map(({ kid }) => kid));
  const published = await publishedKeys(store);
  if (published.length === 0) console.log('There is no key yet: the server makes one when it starts.');
  for (const { _id, from, until } of published) {
    const kid = _id.slice('key:'.length);
    const notes = [
      `signs from ${from}`,
      ...(until === undefined ? [] : [`believed until ${until}`]),
      ...(own.has(kid) ? [] : ['its private part is not here']),
    ];
    console.log(`${kid}  ${notes.join(', ')}`);
  }
  await listOfficeKeys(store, rescueKeys, 'rescue files');
  await listOfficeKeys(store, submissionKeys, 'submissions');
}

async function listOfficeKeys(store: KeyStore, purpose: KeyPurpose, opens: string): Promise<void> {
  const own = new Set((await readOfficeKeys(store, purpose)).map(({ kid }) => kid));
  for (const { _id, madeAt } of await publishedOfficeKeys(store, purpose)) {
    const kid = _id.slice(purpose.type.length + 1);
    const note = own.has(kid) ? '' : ', its private part is not here';
    console.log(`${kid}  for ${opens}, made ${madeAt.slice(0, 10)}${note}`);
  }
}
