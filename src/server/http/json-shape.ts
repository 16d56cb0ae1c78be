import { badRequest, CouchFailure } from '../couch/failure';
import { deepestJson } from '../couch/json';
import { breathe } from '../couch/pieces';

/**
 * Values in a body: 8 MiB of visits have some 440,000; parsing blocks the process for as long as it takes.
 */
const mostValues = 500_000;

/** Bytes scanned before yielding to other work. */
const sliceSize = 512 * 1024;

const [quote, backslash, comma, openList, closeList, openObject, closeObject] = Buffer.from('"\\,[]{}');

/**
 * Scans a long body before it is parsed in one go: how many values it has, and how deep they are nested. The
 * parser finds out whether it is JSON at all.
 * @throws {CouchFailure} 400 if it nests too deeply, 413 for too many values
 */
export async function requireModestJson(bytes: Uint8Array): Promise<void> {
  let values = 0;
  let depth = 0;
  let inText = false;
  for (let index = 0; index < bytes.length;) {
    const end = Math.min(index + sliceSize, bytes.length);
    for (; index < end; index += 1) {
      const byte = bytes[index];
      if (inText) {
        if (byte === backslash) index += 1;
        else if (byte === quote) inText = false;
      } else if (byte === quote) inText = true;
      else if (byte === comma) values += 1;
      else if (byte === openList || byte === openObject) {
        values += 1;
        depth += 1;
        if (depth > deepestJson) throw badRequest('JSON is nested too deeply');
      } else if (byte === closeList || byte === closeObject) depth -= 1;
    }
    if (values > mostValues) throw new CouchFailure(413, 'too_many_values', String(mostValues));
    await breathe();
  }
}
