import * as v from 'valibot';
import { requireOk, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { registerDatabase } from '../provision/databases';
import { readCardFile } from './import-file';
import { planImport, schemeIds } from './import-register';
import { grouped, type CsvFault, type ImportResult, type LineOutput } from './import-report';

/** Cards a request, by measurement; small enough for CouchDB's default body limit (8 MB). */
export const batchSize = 1000;
/** Every how many cards the writing tells how far it is. */
const toldEvery = 10_000;

const bulkAnswer = v.array(
  v.looseObject({
    id: v.optional(v.string()),
    error: v.optional(v.string()),
    reason: v.optional(v.string()),
  }),
);

/**
 * Brings the cards of a CSV file into the register: all of them, or none when anything in the file is wrong.
 * The same file again changes nothing, so an import that was cut off while writing is simply repeated.
 * Lines for people about the progress go to `out`.
 */
export async function importCards(
  client: CouchClient,
  filePath: string,
  out: LineOutput,
): Promise<ImportResult> {
  const file = await readCardFile(filePath, await schemeIds(client), out);
  if (!file.ok) return file;
  out.write(`${grouped(file.rows.size)} cards read, comparing with the register\n`);
  const { documents, faults, ...counts } = await planImport(client, file.rows);
  if (faults.length > 0) return { ok: false, faults: faults.sort(byLine) };
  const interrupted = await writeCards(client, documents, out);
  return interrupted ? { ok: false, faults: [interrupted] } : { ok: true, ...counts };
}

const byLine = (a: CsvFault, b: CsvFault) => (a.line ?? 0) - (b.line ?? 0);

/** Writes in batches; the first one that fails ends it, with a fault that says how it stands. */
async function writeCards(
  client: CouchClient,
  documents: readonly unknown[],
  out: LineOutput,
): Promise<CsvFault | undefined> {
  let written = 0;
  for (let from = 0; from < documents.length; from += batchSize) {
    const docs = documents.slice(from, from + batchSize);
    const refusals = await writeBatch(client, docs);
    written += docs.length - refusals.length;
    if (refusals.length > 0) {
      const done = `At least ${grouped(written)} of ${grouped(documents.length)} cards were written`;
      const again = 'Import the same file again: what is written already is left alone.';
      return { reason: `${done}, then: ${refusals[0]}. ${again}` };
    }
    if (written % toldEvery === 0 || written === documents.length) {
      out.write(`${grouped(written)} of ${grouped(documents.length)} cards written\n`);
    }
  }
  return undefined;
}

/** Why cards of a batch were not written, a line for each of them. */
async function writeBatch(client: CouchClient, docs: readonly unknown[]): Promise<string[]> {
  try {
    const body = await requireOk(client, 'POST', `/${registerDatabase}/_bulk_docs`, { docs });
    return v
      .parse(bulkAnswer, body)
      .filter(({ error }) => error !== undefined)
      .map(({ id, error, reason }) =>
        error === 'conflict' ? `${id} was changed by somebody else meanwhile` : `${id}: ${error}, ${reason}`,
      );
  } catch (error) {
    const why =
      error instanceof UnexpectedCouchReply
        ? error.message
        : `no answer (${error instanceof Error ? error.message : String(error)})`;
    return docs.map(() => why);
  }
}
