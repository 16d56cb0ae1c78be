import { mkdir, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { StoreOptions } from './start-options';

type Place = Pick<StoreOptions, 'data'>;

const fileOf = ({ data }: Place) => resolve(data, 'administrator-password');

/** Anything that isn't a terminal is a journal or a log: many read it, and nobody clears it. */
const shownOnScreen = () => process.stdout.isTTY;

/**
 * Stores a generated password that no screen will show: in a file for the server's own account alone, on the
 * disk before this returns, replacing an earlier one.
 */
export async function keepPassword(password: string, place: Place): Promise<void> {
  if (shownOnScreen()) return;
  const file = fileOf(place);
  await mkdir(place.data, { recursive: true, mode: 0o700 });
  await rm(file, { force: true });
  await writeFile(file, `${password}\n`, { mode: 0o600, flag: 'wx', flush: true });
}

/** Removes the file whose password has been replaced by another. */
export async function forgetPassword(place: Place): Promise<void> {
  await rm(fileOf(place), { force: true });
}

/** What to say about a newly generated password. */
export function passwordNews(password: string, place: Place): string {
  return shownOnScreen()
    ? `${password}   (shown this once: write it down)`
    : `in the file ${fileOf(place)}   (delete it once you have noted it)`;
}
