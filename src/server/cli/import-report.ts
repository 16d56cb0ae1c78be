/** Something in a file, or on its way to the register, that prevents the whole import. */
export interface CsvFault {
  /** From 1, which is the header; absent if it is about the whole file. */
  line?: number;
  /** The column's name in the header. */
  column?: string;
  reason: string;
}

/** What an import did, or why it did nothing. */
export type ImportResult =
  { ok: true; added: number; changed: number; unchanged: number } | { ok: false; faults: CsvFault[] };

/** Where lines for people go; each includes its line break, so that `process.stdout` fits. */
export interface LineOutput {
  write(line: string): unknown;
}

/** "line 12, column valid_from: must be a day that exists" */
export function faultText({ line, column, reason }: CsvFault): string {
  const place = [line === undefined ? '' : `line ${line}`, column === undefined ? '' : `column ${column}`];
  const named = place.filter(Boolean).join(', ');
  return named === '' ? reason : `${named}: ${reason}`;
}

/** Whether a count has passed a multiple of `step`: time to report progress. */
export const isPassed = (step: number, before: number, now: number) =>
  Math.floor(now / step) > Math.floor(before / step);

/** 100000 as "100,000". */
export const grouped = (count: number) => count.toLocaleString('en-US');

/** The text that a person reads after an import, without a trailing line break. */
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
