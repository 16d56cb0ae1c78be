import { randomUUID } from 'node:crypto';
import { bytesOf } from '../bytes';
import type { Database } from './database';
import type { IncomingDocument } from './document-shape';
import type { CouchResponse } from './exchange';
import { breathe } from './pieces';

/**
 * Whether a client explicitly asks for `multipart/mixed`: CouchDB's replicator does, and understands no other
 * answer.
 */
export function wantsMultipart(accept: string | undefined): boolean {
  const types = (accept ?? '').toLowerCase().split(',');
  return types.some((type) => {
    const [name = '', ...parameters] = type.split(';').map((part) => part.trim());
    return name === 'multipart/mixed' && !parameters.some((each) => /^q=0(\.0*)?$/.test(each));
  });
}

/**
 * Leaves of a document as `multipart/mixed`, each in its own part, followed by its attachments' bytes; a
 * missing one has a part that says so. Attachments go out one after another, so that only one is in memory.
 */
export function multipartAnswer(database: Database, leaves: readonly unknown[]): CouchResponse {
  const boundary = newBoundary();
  const chunks = mixedParts(database, leaves, boundary);
  return {
    status: 200,
    body: { kind: 'multipart', chunks, contentType: `multipart/mixed; boundary="${boundary}"` },
  };
}

type Chunk = string | Uint8Array;

async function* mixedParts(
  database: Database,
  leaves: readonly unknown[],
  boundary: string,
): AsyncGenerator<Chunk> {
  for (const leaf of leaves) {
    yield `--${boundary}\r\n`;
    const { ok } = leaf as { ok?: IncomingDocument };
    if (ok === undefined) yield `Content-Type: application/json; error="true"\r\n\r\n${JSON.stringify(leaf)}`;
    else yield* documentPart(database, ok);
    yield '\r\n';
  }
  yield `--${boundary}--`;
}

async function* documentPart(database: Database, document: IncomingDocument): AsyncGenerator<Chunk> {
  const attachments = Object.entries(document._attachments ?? {});
  if (attachments.length === 0) {
    yield `Content-Type: application/json\r\n\r\n${JSON.stringify(document)}`;
    return;
  }
  const following = attachments.map(([name, attachment]) => {
    return [name, { ...attachment, stub: undefined, follows: true }] as const;
  });
  const text = JSON.stringify({ ...document, _attachments: Object.fromEntries(following) });
  const boundary = newBoundary();
  yield `Content-Type: multipart/related; boundary="${boundary}"\r\n\r\n`;
  yield `--${boundary}\r\nContent-Type: application/json\r\n\r\n${text}`;
  const at = document._rev === undefined ? {} : { rev: document._rev };
  for (const [name, attachment] of attachments) {
    const bytes = (await database.pouch.getAttachment(document._id, name, at)) as Buffer;
    const type = 'content_type' in attachment ? attachment.content_type : 'application/octet-stream';
    yield `\r\n--${boundary}\r\nContent-Disposition: attachment; filename="${inHeader(name)}"\r\n`;
    yield `Content-Type: ${inHeader(type)}\r\nContent-Length: ${bytes.length}\r\n\r\n`;
    yield bytesOf(bytes);
    await breathe();
  }
  yield `\r\n--${boundary}--`;
}

const newBoundary = () => randomUUID().replaceAll('-', '');

/** A line break would end the header, and a quote the name. CouchDB goes by the order of the parts. */
const inHeader = (text: string): string => (/["\\\p{Cc}]/u.test(text) ? encodeURIComponent(text) : text);
