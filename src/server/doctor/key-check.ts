import { access, constants } from 'node:fs/promises';
import type { LocalDate } from '$lib/domain/time/day';
import { currentKey, publishedKeys, readSigningKeys, type KeyStore } from '../keys/key-store';
import {
  publishedOfficeKeys,
  readOfficeKeys,
  rescueKeys,
  submissionKeys,
  type KeyPurpose,
} from '../keys/office-key-store';
import { findingsOf, type Finding } from './finding';

const { good, warning, bad } = findingsOf('keys');

const bringTodo =
  'Bring it from the server that has it (tiski keys export, then tiski keys import here), or share its folder (TISKI_KEYS).';

/** Whether the city's private keys are here, as its catalogue names them. @throws {UnexpectedCouchReply} */
export async function keyFindings(store: KeyStore, today: LocalDate): Promise<Finding[]> {
  const unreadable = await folderFault(store.folder);
  if (unreadable !== undefined) return [unreadable];
  try {
    return [
      ...(await signingFindings(store, today)),
      ...(await officeKeyFindings(store, rescueKeys, { opens: 'rescue files', name: 'rescue key' })),
      ...(await officeKeyFindings(store, submissionKeys, { opens: 'submissions', name: 'submission key' })),
    ];
  } catch (error) {
    const isFileFault =
      error instanceof SyntaxError || (error instanceof Error && error.name === 'ValiError');
    const code = (error as NodeJS.ErrnoException).code;
    if (!isFileFault && code !== 'EACCES' && code !== 'EISDIR') throw error;
    return [
      bad(
        `A key file in ${store.folder} can't be read${code === undefined ? ': it is no key' : ` (${code})`}.`,
        'Bring it back from where the keys are kept; the server does not start with it.',
      ),
    ];
  }
}

/** To the server a folder that can't be read looks like one without keys, which says less. */
async function folderFault(folder: string): Promise<Finding | undefined> {
  const code = await access(folder, constants.R_OK | constants.X_OK).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  );
  if (code === undefined || code === 'ENOENT') return undefined;
  return bad(
    `The key folder ${folder} can't be read (${code}).`,
    "Give it to the server's account: chown -R.",
  );
}

async function signingFindings(store: KeyStore, today: LocalDate): Promise<Finding[]> {
  const own = new Map((await readSigningKeys(store)).map((key) => [`key:${key.kid}`, key]));
  const published = await publishedKeys(store);
  const given = published.filter(({ until }) => until === undefined || until >= today);
  const lacking = given.filter(({ _id }) => !own.has(_id)).map(({ _id }) => _id.slice('key:'.length));
  const other = published.filter(({ _id, jwk }) => (own.get(_id)?.jwk.x ?? jwk.x) !== jwk.x);
  const current = await currentKey(store, today);
  const signs = current !== undefined && current.from <= today;
  return [
    signs
      ? good(`The key ${current.kid} signs cards today.`)
      : given.length === 0 && own.size === 0
        ? warning('There is no signing key yet.', 'The next start makes one.')
        : bad(`No key in ${store.folder} signs cards today.`, bringTodo),
    ...lacking.map((kid) => warning(`The private part of the signing key ${kid} is not here.`, bringTodo)),
    ...other.map(({ _id }) =>
      bad(
        `The catalogue's ${_id} is not the public part of the key here.`,
        'Somebody changed it: tiski keys retire it, then tiski keys rotate.',
      ),
    ),
  ];
}

async function officeKeyFindings(
  store: KeyStore,
  purpose: KeyPurpose,
  { opens, name }: { opens: string; name: string },
): Promise<Finding[]> {
  const own = new Set((await readOfficeKeys(store, purpose)).map(({ kid }) => `${purpose.type}:${kid}`));
  const published = await publishedOfficeKeys(store, purpose);
  const newest = published.at(-1);
  if (newest === undefined)
    return [warning(`There is no key for ${opens} yet.`, 'The next start makes one.')];
  const lacking = published.filter(({ _id }) => !own.has(_id));
  if (lacking.length === 0) return [good(`Every key for ${opens} is here.`)];
  return lacking.map(({ _id }) => {
    const kid = _id.slice(purpose.type.length + 1);
    const says = `The private part of the ${name} ${kid} is not here: what was made for it can't be opened.`;
    return (_id === newest._id ? bad : warning)(says, bringTodo);
  });
}
