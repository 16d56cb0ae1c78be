import { MultipartParseError, parseMultipart, type MultipartPart } from '@remix-run/multipart-parser';
import { badRequest, CouchFailure, tooLarge } from './failure';
import { isJsonObject, type JsonObject } from './json';
import { largestDocument } from './limits';

/** Parts of one document: itself, and attachments, of which ours have a dozen. */
const mostParts = 1000;
/** Bytes of a part's headers: an attachment's name and type. */
const longestHeader = 8 * 1024;

/** RFC 2046, 5.1.1, quoted or as a token. */
const boundaryIn = /;\s*boundary=(?:"([^"\\]{1,70})"|([^\s;"]{1,70}))/i;

/** A document followed by its attachments, each as its own part. */
export interface MultipartDocument {
  /** The JSON text of the document. */
  json: Uint8Array;
  attachments: FollowingPart[];
}

export interface FollowingPart {
  /** From Content-Disposition; undefined if it has no name. */
  name: string | undefined;
  bytes: Uint8Array;
}

export const isMultipartRelated = (contentType: string | undefined): boolean =>
  /^multipart\/related\s*;/i.test(contentType ?? '');

/**
 * Splits a body of `multipart/related`, in which CouchDB's replicator and nano send documents with
 * attachments.
 * @throws {CouchFailure} 400 if it is malformed, 413 if the document or its parts are too large, 415 if the
 * document is not JSON
 */
export function splitMultipart(contentType: string, body: Uint8Array): MultipartDocument {
  const [, quoted, token] = boundaryIn.exec(contentType) ?? [];
  const boundary = quoted ?? token;
  // The parser searches bytes, and knows only ASCII.
  if (boundary === undefined || !/^[\x20-\x7e]+$/.test(boundary)) {
    throw badRequest('multipart/related needs a boundary.');
  }
  const [first, ...attachments] = partsOf(body, boundary);
  if (first === undefined) throw badRequest('The multipart body has no parts.');
  if (!/^application\/json\b/i.test(first.headers['content-type'] ?? '')) {
    throw new CouchFailure(415, 'bad_ctype', 'Content-Type of the first part must be application/json');
  }
  if (first.size > largestDocument)
    throw new CouchFailure(413, 'document_too_large', String(largestDocument));
  return {
    json: first.bytes,
    attachments: attachments.map((part) => ({ name: nameOf(part), bytes: part.bytes })),
  };
}

function partsOf(body: Uint8Array, boundary: string): MultipartPart[] {
  try {
    const limits = { maxHeaderSize: longestHeader, maxParts: mostParts };
    // The body is bounded, and so are its parts.
    const sizes = { maxFileSize: body.length, maxTotalSize: body.length };
    const parts = [...parseMultipart(body, { boundary, ...limits, ...sizes })];
    // They are decoded on request.
    for (const { headers } of parts) void headers;
    return parts;
  } catch (error) {
    if (error instanceof MultipartParseError && error.name === 'MaxPartsExceededError') throw tooLarge();
    if (error instanceof MultipartParseError || error instanceof TypeError) {
      throw badRequest(`The multipart body can't be read: ${error.message}`);
    }
    throw error;
  }
}

/** CouchDB puts the name between quotes unescaped, even if it has quotes itself. */
const nameOf = ({ headers }: MultipartPart): string | undefined =>
  /;\s*filename="(.*)"\s*$/is.exec(headers['content-disposition'] ?? '')?.[1];

/** An attachment that follows, with what the document says about it. */
export interface Following {
  name: string;
  facts: JsonObject;
  bytes: Uint8Array;
}

/**
 * Finds the part for each attachment that follows: by order, as in CouchDB, or by name if the names give
 * another order (JSON sorts members that are whole numbers).
 * @throws {CouchFailure} 400 if they don't match
 */
export function followingOf(document: JsonObject, parts: readonly FollowingPart[]): Following[] {
  const attachments = isJsonObject(document['_attachments']) ? document['_attachments'] : {};
  const announced = Object.entries(attachments).flatMap(([name, facts]) =>
    isJsonObject(facts) && facts['follows'] === true ? [{ name, facts }] : [],
  );
  if (announced.length !== parts.length)
    throw badRequest('Parts and attachments that follow differ in number.');
  const byName = new Map(parts.map((part) => [part.name, part]));
  const isNamed = byName.size === parts.length && announced.every(({ name }) => byName.has(name));
  const isOrdered = !announced.some(({ name }) => /^\d+$/.test(name));
  if (!isNamed && !(isOrdered && parts.every(({ name }) => name === undefined))) {
    throw badRequest("Names of parts are not those of the document's attachments.");
  }
  return announced.map(({ name, facts }, index) => {
    const { bytes } = (isNamed ? byName.get(name) : parts[index]) as FollowingPart;
    const { length, encoded_length: packed = length } = facts;
    const wanted = facts['encoding'] === undefined ? length : packed;
    if (wanted !== undefined && wanted !== bytes.length) {
      throw badRequest(`Attachment ${JSON.stringify(name)} is not as long as the document says.`);
    }
    return { name, facts, bytes };
  });
}
