/** What a bench prints: a title, a table, and what one must know to read it. */
export interface BenchTable {
  title: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  notes?: readonly string[];
}

/** As text: the first column to the left, figures to the right. */
export function formatTable({ title, columns, rows, notes = [] }: BenchTable): string {
  const widths = columns.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? '';
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  const ruler = widths.map((width) => '─'.repeat(width)).join('  ');
  return ['', title, '', line(columns), ruler, ...rows.map(line), ...notes.map((note) => `  ${note}`)].join(
    '\n',
  );
}

const figures = (digits: number) =>
  new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

export const count = (value: number): string => figures(0).format(value);
/** Seconds below ten minutes with one decimal. */
export const seconds = (ms: number): string => `${figures(ms < 10_000 ? 2 : 1).format(ms / 1_000)} s`;
export const milliseconds = (ms: number): string => `${figures(ms < 100 ? 2 : 0).format(ms)} ms`;
/** Decimal kilobytes, as browsers' tools show them. */
export const kilobytes = (bytes: number): string => `${figures(1).format(bytes / 1_000)} kB`;
export const megabytes = (bytes: number): string => `${figures(1).format(bytes / 1_000_000)} MB`;
/** "× 1.20": the ratio of one figure to another. */
export const times = (ratio: number): string => `× ${figures(ratio < 100 ? 2 : 0).format(ratio)}`;

/** The value below which that share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
