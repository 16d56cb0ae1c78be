import type { Stats } from 'node:fs';
import { access, constants, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findingsOf, type Finding } from './finding';

const { good, warning, bad, notChecked } = findingsOf('folder');

const statOf = (path: string) => stat(path).catch(() => undefined);

/** Files of the data folder that only the server's own account may read. */
const secretFiles = ['session-secret', 'administrator-password', 'ended-sessions.json', 'databases.json'];

/**
 * The permissions of the data folder and of the folders with private keys.
 * @param keys TISKI_KEYS, if it is set
 */
export async function folderFindings(folder: string, keys?: string): Promise<Finding[]> {
  const path = resolve(folder);
  const found = await statOf(path);
  if (found === undefined) {
    return [
      warning(
        `There is no data folder ${path}.`,
        'The first start makes it. If there should be one, name it with --data or TISKI_DATA.',
      ),
    ];
  }
  if (!found.isDirectory()) {
    return [bad(`${path} is no folder.`, 'Name the data folder with --data or TISKI_DATA.')];
  }
  const keyFolders = [join(path, 'keys'), join(path, 'demo-keys'), ...(keys ? [resolve(keys)] : [])];
  return [
    await writableFinding(path),
    ...(await ownerFindings(path, found)),
    ...(await modeFindings(path, keyFolders)),
    ...(await noteFindings(path)),
  ];
}

async function writableFinding(path: string): Promise<Finding> {
  const isWritable = await access(path, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (isWritable) return good(`${path} can be written.`);
  return bad(
    `${path} can't be written by this account.`,
    "Ask as the server's own account (sudo -u tiski npx tiski doctor); if this is it, give it the folder: chown -R.",
  );
}

/** What a start as another account left behind, the server can't open. */
async function ownerFindings(path: string, { uid }: Stats): Promise<Finding[]> {
  const own = process.getuid?.();
  if (own === undefined) return [notChecked('This system has no owners of files as Tiski knows them.')];
  const foreign: string[] = [];
  for (const each of await everythingIn(path)) {
    const found = await statOf(each);
    if (found !== undefined && found.uid !== uid) foreign.push(each);
  }
  const [first] = foreign;
  if (first !== undefined) {
    return [
      bad(
        `${foreign.length} files in ${path} belong to another account than the folder, as ${first}.`,
        `Stop the server, then: chown -R --reference=${path} ${path}`,
      ),
    ];
  }
  if (own !== uid) {
    return [
      warning(
        `${path} belongs to the account ${uid}, and this is ${own}.`,
        "Run every command as the server's own account: what another one writes, the server can't open.",
      ),
    ];
  }
  return [good(`${path} and what is in it belong to this account.`)];
}

/** Down to the files of each database. */
async function everythingIn(path: string, depth = 3): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const below = entries.map(async (entry) => {
    const place = join(path, entry.name);
    return [place, ...(entry.isDirectory() && depth > 1 ? await everythingIn(place, depth - 1) : [])];
  });
  return (await Promise.all(below)).flat();
}

async function modeFindings(path: string, keyFolders: readonly string[]): Promise<Finding[]> {
  if (process.platform === 'win32') {
    return [notChecked('Who else may read the private keys can not be told on Windows.')];
  }
  const files = secretFiles.map((name) => join(path, name));
  const folders = [join(path, 'databases')];
  for (const folder of keyFolders) {
    folders.push(folder);
    const names = await readdir(folder).catch(() => []);
    files.push(...names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name)));
  }
  const faults = [
    ...(await Promise.all(folders.map((folder) => modeFinding(folder, '0700')))),
    ...(await Promise.all(files.map((file) => modeFinding(file, '0600')))),
  ].flat();
  return faults.length > 0 ? faults : [good('Keys, secrets and databases can be read by their owner only.')];
}

async function modeFinding(path: string, wanted: '0600' | '0700'): Promise<Finding[]> {
  const found = await statOf(path);
  if (found === undefined || (found.mode & 0o077) === 0) return [];
  const mode = `0${(found.mode & 0o777).toString(8)}`;
  const isGroupAlone = (found.mode & 0o007) === 0;
  const says = `${path} can be read by ${isGroupAlone ? 'its group' : 'others'} (mode ${mode}).`;
  return [(isGroupAlone ? warning : bad)(says, `chmod ${wanted} ${path}`)];
}

async function noteFindings(path: string): Promise<Finding[]> {
  const note = join(path, 'administrator-password');
  if ((await statOf(note)) === undefined) return [];
  return [warning(`The first password is still in ${note}.`, 'Note it, and delete the file.')];
}
