import type { CouchClient } from '../couch/client';
import { CardsOfFile } from './cards-of-file';
import { readBatches, type CardBatch } from './import-file';
import type { ImportPlan } from './import-plan';
import { planRows, takenCodes } from './import-register';
import { grouped, isPassed, type CsvFault, type LineOutput } from './import-report';
import { CardLookUp } from './stored-cards';

/** After how many lines the progress is reported. */
const toldEvery = 50_000;

/**
 * Reads the whole file, and puts what has to be written into `plan`. Every wrong line is reported, not only
 * the first; the register is left as it is.
 * @returns what keeps the import from happening
 */
export async function checkFile(
  client: CouchClient,
  path: string,
  schemes: ReadonlySet<string>,
  out: LineOutput,
  plan: ImportPlan,
): Promise<CsvFault[]> {
  const cards = new CardsOfFile();
  const lookUp = new CardLookUp(client);
  const wrongLines: CsvFault[] = [];
  const againstRegister: CsvFault[] = [];
  let names: CardBatch['names'] = new Map();
  let line = 0;
  for await (const batch of readBatches(path, schemes)) {
    names = batch.names;
    for (const fault of batch.faults) wrongLines.push(fault);
    for (const row of batch.rows) wrongLines.push(...cards.add(row));
    if (isPassed(toldEvery, line, batch.line)) out.write(`${grouped(batch.line)} lines read\n`);
    line = batch.line;
    // The file's own faults have to be fixed first.
    if (wrongLines.length > 0) continue;
    const { documents, counts, faults } = planRows(
      batch.rows,
      await lookUp.of(batch.rows.map(({ number }) => number)),
    );
    againstRegister.push(...faults);
    await plan.add({ rows: batch.rows, documents }, counts);
  }
  /** By line, with the file's own names for the columns. */
  const told = (faults: readonly CsvFault[]) =>
    faults
      .map(({ column, ...fault }) =>
        column === undefined ? fault : { ...fault, column: names.get(column) ?? column },
      )
      .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (wrongLines.length > 0) return told(wrongLines);
  if (line === 0) return [{ reason: `${path} is empty` }];
  if (cards.count === 0) return [{ reason: `${path} has a header and no cards` }];
  out.write(`${grouped(cards.count)} cards read, comparing with the register\n`);
  for (const fault of await takenCodes(client, cards)) againstRegister.push(fault);
  return told(againstRegister);
}
