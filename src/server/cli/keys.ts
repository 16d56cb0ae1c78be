import { localDate } from '$lib/domain/day';
import { isDemoStore } from '../demo/demo-store';
import { publishedKeys, readSigningKeys, retireKey, rotateKey, type KeyStore } from '../keys/key-store';
import { publishedRescueKeys, readRescueKeys, rotateRescueKey } from '../keys/rescue-key-store';
import { keyFolder } from '../main';
import { provision } from '../provision/provision';
import { CommandError } from './command-error';
import type { Command } from './options';
import { withStore } from './provision';

/** Looks after the keys of signed card codes and of rescue files. The embedded store must not be in use: stop the server first. */
export async function runKeys(command: Extract<Command, { kind: 'keys' }>): Promise<void> {
  const { options } = command;
  await withStore(options, async ({ client }) => {
    await provision(client);
    const store: KeyStore = { folder: keyFolder(options.data, await isDemoStore(client)), client };
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
        const { kid } = await rotateRescueKey(store, new Date());
        console.log(`Rescue files are made for key ${kid} from each desk's next contact on.`);
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
  const opened = new Set((await readRescueKeys(store)).map(({ kid }) => kid));
  for (const { _id, madeAt } of await publishedRescueKeys(store)) {
    const kid = _id.slice('rescue-key:'.length);
    const note = opened.has(kid) ? '' : ', its private part is not here';
    console.log(`${kid}  for rescue files, made ${madeAt.slice(0, 10)}${note}`);
  }
}
