import type { CouchClient } from '../couch/client';
import { checkFile } from './import-check';
import { schemeIds } from './import-register';
import type { ImportResult, LineOutput } from './import-report';
import { writeFile } from './import-write';

/**
 * Brings the cards of a CSV file into the register: all of them, or none when anything in the file is wrong.
 * The same file again changes nothing, so an import that was cut off while writing is simply repeated.
 *
 * The file is read twice, a batch at a time, and may be as long as it likes: first all of it is checked, by itself and
 * against the register; then, where there is something to write, it is written as far as it is what was checked.
 * Lines for people about the progress go to `out`.
 */
export async function importCards(
  client: CouchClient,
  filePath: string,
  out: LineOutput,
): Promise<ImportResult> {
  const schemes = await schemeIds(client);
  const checked = await checkFile(client, filePath, schemes, out);
  if (!checked.ok) return checked;
  const { added, changed } = checked.counts;
  if (added + changed === 0) return { ok: true, ...checked.counts };
  return writeFile(client, filePath, schemes, checked, out);
}
