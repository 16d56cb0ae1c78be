import type { CouchClient } from '../couch/client';
import { CardsOfFile } from './cards-of-file';
import { readBatches, type CardBatch } from './import-file';
import { addCounts, noCounts, planRows, takenCodes, type ImportCounts } from './import-register';
import { grouped, isPassed, type CsvFault, type LineOutput } from './import-report';

/** Every how many lines the reading tells how far it is. */
const toldEvery = 50_000;

/** A file that is good. */
export interface CheckedFile {
  ok: true;
  /** Of its batches, in their order. */
  digests: string[];
  /** What there is to do. */
  counts: ImportCounts;
}

/** Reads all of a file; every wrong line is told, not only the first. Nothing is written. */
export async function checkFile(
  client: CouchClient,
  path: string,
  schemes: ReadonlySet<string>,
  out: LineOutput,
): Promise<CheckedFile | { ok: false; faults: CsvFault[] }> {
  const cards = new CardsOfFile();
  const digests: string[] = [];
  const wrongLines: CsvFault[] = [];
  const againstRegister: CsvFault[] = [];
  let counts = noCounts;
  let names: CardBatch['names'] = new Map();
  let line = 0;
  for await (const batch of readBatches(path, schemes)) {
    digests.push(batch.digest);
    names = batch.names;
    for (const fault of batch.faults) wrongLines.push(fault);
    for (const row of batch.rows) wrongLines.push(...cards.add(row));
    if (isPassed(toldEvery, line, batch.line)) out.write(`${grouped(batch.line)} lines read\n`);
    line = batch.line;
    // What the file says of itself has to be mended first.
    if (wrongLines.length > 0) continue;
    const plan = await planRows(client, batch.rows);
    counts = addCounts(counts, plan.counts);
    againstRegister.push(...plan.faults);
  }
  /** By line, with each column called what the file calls it. */
  const told = (faults: readonly CsvFault[]) =>
    faults
      .map(({ column, ...fault }) =>
        column === undefined ? fault : { ...fault, column: names.get(column) ?? column },
      )
      .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (wrongLines.length > 0) return { ok: false, faults: told(wrongLines) };
  if (line === 0) return { ok: false, faults: [{ reason: `${path} is empty` }] };
  if (cards.count === 0) return { ok: false, faults: [{ reason: `${path} has a header and no cards` }] };
  out.write(`${grouped(cards.count)} cards read, comparing with the register\n`);
  for (const fault of await takenCodes(client, cards)) againstRegister.push(fault);
  if (againstRegister.length > 0) return { ok: false, faults: told(againstRegister) };
  return { ok: true, digests, counts };
}
