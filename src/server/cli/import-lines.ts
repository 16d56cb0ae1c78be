import type { FileHandle } from 'node:fs/promises';

/** What a file's first bytes say about it. */
export type FileKind =
  | { kind: 'text'; encoding: 'utf8' | 'utf-16le' | 'utf-16be' }
  /** Not a list of cards in text form; `what` it is, for people. */
  | { kind: 'foreign'; what: string };

/**
 * The first bytes of files that people mistake for a CSV, as Latin-1. Every .xlsx and .ods is a zip archive.
 */
const foreignBeginnings = [
  ['PK\x03\x04', 'a workbook (.xlsx, .ods) or a zip archive'],
  ['\xD0\xCF\x11\xE0', 'an old Excel workbook (.xls)'],
  ['%PDF', 'a PDF'],
] as const;
const markup = /^(?:\xEF\xBB\xBF)?\s*<(?:!doctype|html|\?xml|table)/i;

export async function fileKind(file: FileHandle): Promise<FileKind> {
  const bytes = new Uint8Array(64);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  const head = bytes.subarray(0, bytesRead);
  const latin = String.fromCharCode(...head);
  const foreign = foreignBeginnings.find(([beginning]) => latin.startsWith(beginning));
  if (foreign) return { kind: 'foreign', what: foreign[1] };
  if (markup.test(latin)) return { kind: 'foreign', what: 'a web page or XML' };
  return { kind: 'text', encoding: encodingOf(head) };
}

/** UTF-16, recognized by its byte order mark; without one, by the zero byte in each letter of a header. */
function encodingOf([first, second, third, fourth]: Uint8Array): 'utf8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first && second === 0 && third && fourth === 0) return 'utf-16le';
  if (first === 0 && second && third === 0 && fourth) return 'utf-16be';
  return 'utf8';
}

/** The lines of a text, some at a time. The file stays open. */
export const linesOf = (
  file: FileHandle,
  encoding: 'utf8' | 'utf-16le' | 'utf-16be',
): AsyncIterable<string> =>
  encoding === 'utf8' ? file.readLines({ encoding, autoClose: false }) : decodedLines(file, encoding);

/** Without a byte order mark. A letter or a line may continue in the file's next chunk. */
async function* decodedLines(file: FileHandle, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let rest = '';
  for await (const chunk of file.createReadStream({ autoClose: false })) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
