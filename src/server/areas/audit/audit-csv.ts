import type { EntryDocument } from '$lib/documents/audit/entry-document';

const columns: readonly [string, (entry: EntryDocument) => string | undefined][] = [
  ['number', ({ _id }) => String(Number(_id.slice('entry:'.length)))],
  ['at', ({ at }) => at],
  ['account', ({ account }) => account],
  ['action', ({ action }) => action],
  ['people', ({ people }) => people?.join(' ')],
  ['case', (entry) => entry.case],
  ['about', ({ about }) => about],
  ['why', ({ why }) => why],
  ['rights', ({ rights }) => rights?.join(' ')],
  ['organisation', ({ organisation }) => organisation],
  ['device_at', ({ deviceAt }) => deviceAt],
  ['hash', ({ hash }) => hash],
];

/** Entries as a file that Excel in Finland opens: UTF-8 with a mark, semicolons. */
export function auditCsv(entries: readonly EntryDocument[]): string {
  const rows = entries.map((entry) => columns.map(([, valueOf]) => cell(valueOf(entry) ?? '')));
  return `\uFEFF${[columns.map(([name]) => name), ...rows].map((row) => row.join(';')).join('\r\n')}\r\n`;
}

/** A spreadsheet would compute what begins like a formula. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
