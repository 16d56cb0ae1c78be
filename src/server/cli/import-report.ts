/** Something in a file, or on its way to the register, that keeps the whole import from happening. */
export interface CsvFault {
  /** From 1, the header being line 1; absent when it is about the whole file. */
  line?: number;
  /** The header's name of the column. */
  column?: string;
  reason: string;
}

/** What an import did, or why it did nothing. */
export type ImportResult =
  { ok: true; added: number; changed: number; unchanged: number } | { ok: false; faults: CsvFault[] };

/** Where lines for people go; each comes with its line break, so that `process.stdout` fits. */
export interface LineOutput {
  write(line: string): unknown;
}

/** "line 12, column valid_from: must be a day that exists" */
export function faultText({ line, column, reason }: CsvFault): string {
  const place = [line === undefined ? '' : `line ${line}`, column === undefined ? '' : `column ${column}`];
  const named = place.filter(Boolean).join(', ');
  return named === '' ? reason : `${named}: ${reason}`;
}

/** Whether a count went past a multiple of `step`: time to tell how far it is. */
export const isPassed = (step: number, before: number, now: number) =>
  Math.floor(now / step) > Math.floor(before / step);

/** 100000 as "100,000". */
export const grouped = (count: number) => count.toLocaleString('en-US');

/** What a person reads after an import, without a line break at its end. */
export function importSummary(result: ImportResult): string {
  if (result.ok) {
    const { added, changed, unchanged } = result;
    return `${grouped(added)} cards added, ${grouped(changed)} changed, ${grouped(unchanged)} as they were.`;
  }
  const faults = result.faults.map((fault) => `  ${faultText(fault)}`);
  const isAboutLines = result.faults.some(({ line }) => line !== undefined);
  const heading = isAboutLines
    ? `Nothing was imported. ${grouped(faults.length)} ${faults.length === 1 ? 'fault' : 'faults'} to mend:`
    : 'The import could not be done:';
  return [heading, ...faults].join('\n');
}
