import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { findingsOf, type Finding } from './finding';

const { good, warning, bad, notChecked } = findingsOf('disk');

const megabyte = 1_000_000;
const leastFree = 1000 * megabyte;
const leastShare = 0.1;
/** Below this a day's visits may not fit. */
const nearlyFull = 100 * megabyte;

/** Linux's numbers of file systems (statfs(2)) that are on another machine. */
const networkKinds: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xfe534d42: 'SMB',
  0xff534d42: 'CIFS',
  0x00c36400: 'Ceph',
  0x5346414f: 'AFS',
  0x0bd00bd0: 'Lustre',
  0x01021997: '9P',
};
const fuse = 0x65735546;
const memory = 0x01021994;
const overlay = 0x794c7630;

export interface DiskSpace {
  freeBytes: number;
  totalBytes: number;
}

export function spaceFinding({ freeBytes, totalBytes }: DiskSpace): Finding {
  const megabytes = Math.floor(freeBytes / megabyte);
  const says = `The data folder's disk has ${megabytes} MB free of ${Math.floor(totalBytes / megabyte)} MB.`;
  const todo = 'Make room: a full disk answers every write with 500, and visits wait on the desks.';
  if (freeBytes < nearlyFull) return bad(says, todo);
  if (freeBytes < leastFree || freeBytes < totalBytes * leastShare) return warning(says, todo);
  return good(says);
}

/** @param kind `type` of statfs, on Linux */
export function fileSystemFinding(kind: number): Finding {
  // A 32-bit machine reports it as a signed number.
  const unsigned = kind >>> 0;
  const network = networkKinds[unsigned];
  const local = 'Put the store on a disk of this machine: name a folder there with --data or TISKI_DATA.';
  if (network !== undefined) {
    return bad(
      `The data folder is on a network drive (${network}): the store's locks and fsync are not safe there.`,
      `Stop the server, copy the folder. ${local}`,
    );
  }
  if (unsigned === fuse) {
    return warning('The data folder is on a FUSE drive, which may be on another machine.', local);
  }
  if (unsigned === memory) return warning('The data folder is in memory: a restart empties it.', local);
  if (unsigned === overlay) {
    return warning(
      'The data folder is in a layer that goes with its container.',
      'Mount a volume for the data folder.',
    );
  }
  return good('The data folder is on no network drive.');
}

/** @param holdsStore whether the embedded store is in the folder */
export async function diskFindings(folder: string, holdsStore: boolean): Promise<Finding[]> {
  const found = await statfsAbove(resolve(folder));
  if (found === undefined) return [notChecked('The disk of the data folder can not be asked.')];
  const { bavail, blocks, bsize, type } = found;
  const space = spaceFinding({ freeBytes: bavail * bsize, totalBytes: blocks * bsize });
  if (!holdsStore) return [space];
  return [space, process.platform === 'linux' ? fileSystemFinding(type) : kindUnknown()];
}

const kindUnknown = () =>
  notChecked('Whether the data folder is on a network drive can be told on Linux only; it must not be.');

/** Of the folder, or of its nearest existing parent. */
async function statfsAbove(path: string) {
  for (let place = path; ; place = dirname(place)) {
    const found = await statfs(place).catch(() => undefined);
    if (found !== undefined || place === dirname(place)) return found;
  }
}
