import * as v from 'valibot';
import { requireOk, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { registerDatabase } from '../provision/databases';
import type { CheckedFile } from './import-check';
import type { CardRow } from './import-csv';
import { readBatches } from './import-file';
import { addCounts, noCounts, planRows, type ImportCounts } from './import-register';
import { faultText, grouped, isPassed, type ImportResult, type LineOutput } from './import-report';

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
 * Reads a file that was checked once more, and writes it batch by batch. The first one that fails, or is not what was
 * checked, ends it, with a fault that says how it stands.
 */
export async function writeFile(
  client: CouchClient,
  path: string,
  schemes: ReadonlySet<string>,
  { digests, counts }: CheckedFile,
  out: LineOutput,
): Promise<ImportResult> {
  const total = counts.added + counts.changed;
  let done = noCounts;
  let written = 0;
  const stopped = (why: string): ImportResult => {
    const soFar = `At least ${grouped(written)} of ${grouped(total)} cards were written, then: ${why}`;
    const again = 'Import the same file again: what is written already is left alone.';
    return { ok: false, faults: [{ reason: `${soFar}. ${again}` }] };
  };
  const isOther = `${path} is not as it was when it was checked`;
  let read = 0;
  for await (const batch of readBatches(path, schemes)) {
    if (batch.digest !== digests[read++]) return stopped(isOther);
    const result = await writeRows(client, batch.rows);
    const before = written;
    written += result.written;
    if (result.refusal !== undefined) return stopped(result.refusal);
    done = addCounts(done, result.counts);
    if (isPassed(toldEvery, before, written) || (before < written && written === total)) {
      out.write(`${grouped(written)} of ${grouped(total)} cards written\n`);
    }
  }
  return read < digests.length ? stopped(isOther) : { ok: true, ...done };
}

interface RowsWritten {
  counts: ImportCounts;
  written: number;
  /** Why not all of them were. */
  refusal?: string;
}

async function writeRows(client: CouchClient, rows: readonly CardRow[]): Promise<RowsWritten> {
  try {
    const { documents, counts, faults } = await planRows(client, rows);
    const [fault] = faults;
    if (fault) return { counts, written: 0, refusal: faultText(fault) };
    if (documents.length === 0) return { counts, written: 0 };
    const body = await requireOk(client, 'POST', `/${registerDatabase}/_bulk_docs`, { docs: documents });
    const refused = v.parse(bulkAnswer, body).filter(({ error }) => error !== undefined);
    const written = documents.length - refused.length;
    const [first] = refused;
    return first ? { counts, written, refusal: refusalText(first) } : { counts, written };
  } catch (error) {
    const refusal =
      error instanceof UnexpectedCouchReply
        ? error.message
        : `no answer (${error instanceof Error ? error.message : String(error)})`;
    return { counts: noCounts, written: 0, refusal };
  }
}

const refusalText = ({ id, error, reason }: v.InferOutput<typeof bulkAnswer>[number]) =>
  error === 'conflict' ? `${id} was changed by somebody else meanwhile` : `${id}: ${error}, ${reason}`;
