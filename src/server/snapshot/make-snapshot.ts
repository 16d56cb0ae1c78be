import { setImmediate as nextTurn } from 'node:timers/promises';
import * as v from 'valibot';
import { registerDatabase } from '$lib/documents/databases';
import {
  snapshotFormat,
  snapshotId,
  type SnapshotManifest,
} from '$lib/documents/register/packed/snapshot-document';
import { documentPath, requireOk, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { readEpoch } from '../epochs/read-epoch';
import { RegisterPacker } from './register-packer';
import { partsOf, sha256, type Part } from './snapshot-parts';

/** Changes per request; some 20 ms of this process's time. */
const pageSize = 500;

/** Bytes of parts per request, before base64: well below every limit of a body. */
const requestSize = 2 * 1024 * 1024;

const changesAnswer = v.object({
  results: v.array(
    v.object({
      id: v.string(),
      deleted: v.optional(v.boolean()),
      doc: v.nullish(v.looseObject({ _id: v.string() })),
    }),
  ),
  last_seq: v.union([v.string(), v.number()]),
  pending: v.optional(v.number()),
});
const storedAnswer = v.looseObject({
  _rev: v.string(),
  digest: v.optional(v.string()),
  format: v.optional(v.number()),
  _attachments: v.optional(v.record(v.string(), v.unknown())),
});
const writeAnswer = v.object({ rev: v.string() });

/** Until the first snapshot is complete, its document has a format that nobody reads. */
const unfinished = 0;

export type SnapshotResult =
  | { kind: 'made'; cards: number; bytes: number }
  /** The register equals the snapshot. */
  | { kind: 'unchanged' }
  /** Another server process was faster, or somebody stopped this. */
  | { kind: 'given-up' };

/**
 * Packs the register into its snapshot (S18): everything in `_changes` from zero to its end, so that `seq`
 * and content belong together on a cluster too. Other requests are answered meanwhile.
 * @throws {UnexpectedCouchReply} if the server refuses a request
 */
export async function makeSnapshot(client: CouchClient, signal?: AbortSignal): Promise<SnapshotResult> {
  const epoch = await readEpoch(client, registerDatabase);
  const packer = new RegisterPacker();
  const seq = await gather(client, packer, signal);
  const packed = await packSnapshot(packer, { epoch, seq });
  return signal?.aborted ? { kind: 'given-up' } : publishSnapshot(client, packed);
}

/** The document of a snapshot, and its attachments. */
export interface PackedSnapshot {
  manifest: SnapshotManifest;
  parts: Attached[];
}

type Attached = Pick<Part, 'name' | 'bytes'>;

/**
 * Finishes what a packer has gathered. `seq` is where the changes continue after it; `partSize` in bytes
 * before gzip.
 */
export async function packSnapshot(
  packer: RegisterPacker,
  { epoch, seq, partSize }: { epoch: string; seq: string; partSize?: number | undefined },
): Promise<PackedSnapshot> {
  const breathe = async () => void (await nextTurn());
  const { cards, buckets, rows } = await packer.pack(breathe);
  const parts: Part[] = [];
  for await (const part of partsOf(rows, breathe, partSize)) parts.push(part);
  const manifest: SnapshotManifest = {
    _id: snapshotId(epoch),
    type: 'snapshot',
    v: 1,
    format: snapshotFormat,
    epoch,
    seq,
    digest: sha256(parts.map(({ name }) => name).join()),
    cards,
    buckets,
    parts: parts.map(({ name, rows: count, bytes }) => ({ name, rows: count, bytes: bytes.length })),
  };
  return { manifest, parts };
}

async function gather(client: CouchClient, packer: RegisterPacker, signal?: AbortSignal): Promise<string> {
  let since = '0';
  while (!signal?.aborted) {
    const query = new URLSearchParams({
      since,
      limit: String(pageSize),
      seq_interval: String(pageSize),
      include_docs: 'true',
    });
    const page = await read(client, changesAnswer, `/${registerDatabase}/_changes?${query}`);
    for (const { id, deleted, doc } of page.results) {
      if (deleted) packer.remove(id);
      else if (doc) packer.put(doc);
    }
    since = String(page.last_seq);
    if (page.results.length < pageSize && (page.pending ?? 0) === 0) break;
  }
  return since;
}

/**
 * Stores the parts beside those of the current snapshot, a few with each request, and with the last of them
 * the new manifest: the document never lists parts that are not there.
 */
export async function publishSnapshot(
  client: CouchClient,
  { manifest, parts }: PackedSnapshot,
): Promise<SnapshotResult> {
  const path = documentPath(registerDatabase, manifest._id);
  let stored = await storedSnapshot(client, path);
  if (stored?.digest === manifest.digest && stored.format === snapshotFormat) return { kind: 'unchanged' };
  const own = new Set(parts.map(({ name }) => name));
  const requests = inRequests(parts);
  for (const [index, sent] of requests.entries()) {
    const isLast = index === requests.length - 1;
    const kept = Object.keys(stored?._attachments ?? {}).filter((name) => !isLast || own.has(name));
    const body = isLast ? manifest : (stored ?? { ...manifest, format: unfinished });
    const attachments = {
      ...Object.fromEntries(kept.map((name) => [name, { stub: true }])),
      ...Object.fromEntries(sent.map(({ name, bytes }) => [name, attachment(bytes)])),
    };
    const document = { ...body, ...(stored && { _rev: stored._rev }), _attachments: attachments };
    const reply = await client.request('PUT', path, document);
    if (reply.status === 409) return { kind: 'given-up' };
    if (reply.status !== 201 && reply.status !== 202) throw new UnexpectedCouchReply('PUT', path, reply);
    stored = { ...document, _rev: v.parse(writeAnswer, reply.body).rev };
  }
  const bytes = parts.reduce((sum, part) => sum + part.bytes.length, 0);
  return { kind: 'made', cards: manifest.cards, bytes };
}

export const attachment = (bytes: Uint8Array) => ({
  content_type: 'application/octet-stream',
  data: Buffer.from(bytes).toString('base64'),
});

function inRequests(parts: readonly Attached[]): Attached[][] {
  const requests: Attached[][] = [];
  let size = Infinity;
  for (const part of parts) {
    if (size + part.bytes.length > requestSize) {
      requests.push([]);
      size = 0;
    }
    requests.at(-1)?.push(part);
    size += part.bytes.length;
  }
  return requests;
}

async function storedSnapshot(client: CouchClient, path: string) {
  const { status, body } = await client.request('GET', path);
  return status === 200 ? v.parse(storedAnswer, body) : undefined;
}

async function read<S extends v.GenericSchema>(
  client: CouchClient,
  schema: S,
  path: string,
): Promise<v.InferOutput<S>> {
  return v.parse(schema, await requireOk(client, 'GET', path));
}
