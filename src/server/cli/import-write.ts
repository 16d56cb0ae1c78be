import * as v from 'valibot';
import { registerDatabase } from '$lib/documents/databases';
import { requireOk, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import type { ImportPlan, PlannedBatch } from './import-plan';
import { addCounts, noCounts, planRows, type ImportCounts } from './import-register';
import { faultText, grouped, isPassed, type ImportResult, type LineOutput } from './import-report';
import { cardsByNumber, type StoredCard } from './stored-cards';

/** After how many cards the progress is reported. */
const toldEvery = 10_000;

const bulkAnswer = v.array(
  v.looseObject({
    id: v.optional(v.string()),
    error: v.optional(v.string()),
    reason: v.optional(v.string()),
  }),
);

/**
 * Writes what was checked, batch by batch. The first one that fails ends it, with a fault that describes the
 * state.
 */
export async function writePlan(
  client: CouchClient,
  plan: ImportPlan,
  out: LineOutput,
): Promise<ImportResult> {
  const total = plan.counts.added + plan.counts.changed;
  let done = { ...noCounts, unchanged: plan.counts.unchanged };
  let written = 0;
  for await (const batch of plan.batches()) {
    const result = await writeBatch(client, batch);
    const before = written;
    written += result.written;
    if (result.refusal !== undefined) {
      const soFar = `At least ${grouped(written)} of ${grouped(total)} cards were written, then: ${result.refusal}`;
      const again = 'Import the same file again: what is written already is left alone.';
      return { ok: false, faults: [{ reason: `${soFar}. ${again}` }] };
    }
    done = addCounts(done, result.counts);
    if (isPassed(toldEvery, before, written) || (before < written && written === total)) {
      out.write(`${grouped(written)} of ${grouped(total)} cards written\n`);
    }
  }
  return { ok: true, ...done };
}

interface CardsWritten {
  counts: ImportCounts;
  written: number;
  /** Why not all of them were written. */
  refusal?: string;
}

async function writeBatch(client: CouchClient, { rows, documents }: PlannedBatch): Promise<CardsWritten> {
  try {
    const first = await writeCards(client, documents);
    if (first.overtaken.size === 0 || first.refusal !== undefined) return first;
    // Somebody else has written these meanwhile: they are compared again.
    const again = rows.filter(({ number }) => first.overtaken.has(`card:${number}`));
    const stored = await cardsByNumber(
      client,
      again.map(({ number }) => number),
    );
    const plan = planRows(again, stored);
    const [fault] = plan.faults;
    if (fault) return { ...first, refusal: faultText(fault) };
    const second = await writeCards(client, plan.documents);
    const [overtaken] = second.overtaken;
    const refusal = second.refusal ?? (overtaken && `${overtaken} is being changed by somebody else`);
    return {
      counts: addCounts(first.counts, { ...second.counts, unchanged: plan.counts.unchanged }),
      written: first.written + second.written,
      ...(refusal !== undefined && { refusal }),
    };
  } catch (error) {
    const refusal =
      error instanceof UnexpectedCouchReply
        ? error.message
        : `no answer (${error instanceof Error ? error.message : String(error)})`;
    return { counts: noCounts, written: 0, refusal };
  }
}

/** One request; `overtaken` are ids of cards that have another revision in the register. */
async function writeCards(
  client: CouchClient,
  documents: readonly StoredCard[],
): Promise<CardsWritten & { overtaken: Set<string> }> {
  if (documents.length === 0) return { counts: noCounts, written: 0, overtaken: new Set() };
  const body = await requireOk(client, 'POST', `/${registerDatabase}/_bulk_docs`, { docs: documents });
  const refused = v.parse(bulkAnswer, body).filter(({ error }) => error !== undefined);
  const other = refused.find(({ error }) => error !== 'conflict');
  const refusedIds = new Set(refused.map(({ id }) => id));
  const stored = documents.filter(({ _id }) => !refusedIds.has(_id));
  const added = stored.filter(({ _rev }) => _rev === undefined).length;
  return {
    counts: { added, changed: stored.length - added, unchanged: 0 },
    written: stored.length,
    overtaken: new Set(refused.flatMap(({ id, error }) => (id && error === 'conflict' ? [id] : []))),
    ...(other && { refusal: `${other.id}: ${other.error}, ${other.reason}` }),
  };
}
