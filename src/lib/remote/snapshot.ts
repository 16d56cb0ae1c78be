import * as v from 'valibot';
import { snapshotManifest } from '$lib/documents/register/packed/snapshot-document';
import type { Outcome, Snapshot } from '$lib/sync/ports';

/**
 * Older browsers can't unpack gzip, and pages without TLS can't check a hash: there the register is pulled
 * page by page.
 */
export const canUnpack = (): boolean =>
  typeof DecompressionStream === 'function' && globalThis.crypto?.subtle !== undefined;

/** What a snapshot's document says; undefined if there is none, or for another format or database. */
export function snapshotFrom(document: unknown, epoch: string): Snapshot | undefined {
  const parsed = v.safeParse(snapshotManifest, document);
  if (!parsed.success || parsed.output.epoch !== epoch) return undefined;
  const { digest, seq, cards, buckets } = parsed.output;
  let first = 0;
  const parts = parsed.output.parts.map(({ name, rows }) => {
    const part = { name, first, rows };
    first += rows;
    return part;
  });
  return first === buckets + 1 ? { id: digest, seq, cards, buckets, parts } : undefined;
}

/** A part's name is the SHA-256 of its bytes: anything else did not come from our server. */
export async function unpackPart(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Outcome<Uint8Array>> {
  if ((await sha256(bytes)) !== name) return { ok: false, failure: { kind: 'not-our-server' } };
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return { ok: true, value: new Uint8Array(await new Response(stream).arrayBuffer()) };
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
