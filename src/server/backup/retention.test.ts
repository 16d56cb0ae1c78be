import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { backupName, removeOlder } from './retention';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiski-retention-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const nameOf = (day: number, isEncrypted = false) =>
  backupName(new Date(Date.UTC(2026, 10, day, 2)), isEncrypted);
const make = (...names: string[]) => Promise.all(names.map((name) => writeFile(join(folder, name), '')));

it('names a backup by its time in UTC', () => {
  expect(nameOf(25)).toBe('tiski-2026-11-25T020000Z.backup.gz');
  expect(nameOf(25, true)).toBe('tiski-2026-11-25T020000Z.backup.gz.age');
});

it('keeps the newest, encrypted or not, including the new one', async () => {
  await make(nameOf(1), nameOf(2, true), nameOf(3), nameOf(4, true), nameOf(5, true));
  expect(await removeOlder(join(folder, nameOf(5, true)), 3)).toEqual([nameOf(2, true), nameOf(1)]);
  expect(await readdir(folder)).toEqual([nameOf(3), nameOf(4, true), nameOf(5, true)]);
  expect(await removeOlder(join(folder, nameOf(5, true)), 1)).toEqual([nameOf(4, true), nameOf(3)]);
});

it('deletes nothing while there are few', async () => {
  await make(nameOf(1), nameOf(2));
  expect(await removeOlder(join(folder, nameOf(2)), 2)).toEqual([]);
});

it('newer ones from a wrong clock stay, and take nobody’s place', async () => {
  await make(nameOf(1), nameOf(2), nameOf(3), nameOf(28), nameOf(29));
  expect(await removeOlder(join(folder, nameOf(3)), 2)).toEqual([nameOf(1)]);
  expect(await readdir(folder)).toEqual([nameOf(2), nameOf(3), nameOf(28), nameOf(29)]);
});

it('only touches files with its own kind of name', async () => {
  const others = [
    `${nameOf(1)}.part`,
    `${nameOf(1)}.old`,
    `a${nameOf(1)}`,
    'move.backup.gz',
    'tiski-2026-11-01.backup.gz',
    'tiski-latest.backup.gz',
  ];
  await make(...others);
  await mkdir(join(folder, nameOf(2)));
  await symlink(join(folder, 'move.backup.gz'), join(folder, nameOf(3)));
  await make(nameOf(4), nameOf(5));
  expect(await removeOlder(join(folder, nameOf(5)), 1)).toEqual([nameOf(4)]);
  expect((await readdir(folder)).sort()).toEqual([...others, nameOf(2), nameOf(3), nameOf(5)].sort());
});
