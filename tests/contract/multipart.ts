import { parseMultipart } from '@remix-run/multipart-parser';
import { bytesOf } from '../../src/server/bytes';

const boundary = '58d66f0b3c137aee5c62a7f8d5033957';

/** An attachment that follows its document; `name` is left out if a sender doesn't give it. */
export interface SentPart {
  name?: string;
  type?: string;
  bytes: Buffer;
  encoding?: 'gzip';
}

export interface Multipart {
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * A document and its attachments as CouchDB 3.5's replicator sends them, byte for byte except the boundary.
 */
export function multipartOf(document: object, parts: readonly SentPart[] = []): Multipart {
  const chunks: (string | Buffer)[] = [
    `--${boundary}\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(document)}\r\n--${boundary}`,
  ];
  for (const { name, type = 'text/plain', bytes, encoding } of parts) {
    const disposition = name === undefined ? '' : `\r\nContent-Disposition: attachment; filename="${name}"`;
    const encoded = encoding === undefined ? '' : `\r\nContent-Encoding: ${encoding}`;
    chunks.push(
      `${disposition}\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length}${encoded}\r\n\r\n`,
    );
    chunks.push(bytes, `\r\n--${boundary}`);
  }
  chunks.push('--');
  return {
    headers: { 'content-type': `multipart/related; boundary="${boundary}"` },
    body: Buffer.concat(
      chunks.map((chunk) => bytesOf(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)),
    ),
  };
}

/** A part of an answer. */
export interface ReceivedPart {
  type: string;
  bytes: Uint8Array;
}

/** Splits an answer of `multipart/…`. */
export function partsIn(type: string, body: Uint8Array): ReceivedPart[] {
  const [, found = ''] = /boundary="?([^";]+)/.exec(type) ?? [];
  return [...parseMultipart(body, { boundary: found })].map((part) => ({
    type: part.headers['content-type'] ?? '',
    bytes: part.bytes,
  }));
}

export const jsonIn = ({ bytes }: ReceivedPart): Record<string, unknown> =>
  JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
