import type { FastifyInstance, FastifyReply } from 'fastify';
import { bytesOf } from '../bytes';
import { badRequest, CouchFailure } from '../couch/failure';
import { isJsonObject, parseJson, type JsonObject } from '../couch/json';
import { followingOf, isMultipartRelated, splitMultipart, type Following } from '../couch/multipart-document';
import { breathe } from '../couch/pieces';
import { parseRoute } from '../couch/route';
import { bodyBytes, couchAddressOf } from './couch-request';
import { requireModestJson } from './json-shape';
import type { UnpackingRoom } from './unpacking-room';

/**
 * Reads documents sent as `multipart/related`: from here on they are the JSON that another client would have
 * sent, attachments included, so that every rule treats them like others, in front of a CouchDB too.
 */
export function addMultipartBodies(app: FastifyInstance, room: UnpackingRoom): void {
  app.addHook('preValidation', async (request, reply) => {
    const contentType = request.headers['content-type'];
    if (contentType === undefined || !isMultipartRelated(contentType) || request.method !== 'PUT') return;
    if (parseRoute('PUT', couchAddressOf(request).path).kind !== 'document') return;
    if (reply.raw.destroyed) return;
    const { json, attachments } = splitMultipart(contentType, bodyBytes(request));
    await requireModestJson(json);
    const document = parseJson(json);
    if (!isJsonObject(document)) throw badRequest('Document must be a JSON object');
    const following = await unpacked(followingOf(document, attachments), room, reply);
    await breathe();
    request.body = Buffer.from(JSON.stringify(withAttachments(document, following)));
    request.headers['content-type'] = 'application/json';
  });
}

/** The document with its attachments inline, as base64. */
function withAttachments(document: JsonObject, following: readonly Following[]): JsonObject {
  if (following.length === 0) return document;
  const inline = following.map(({ name, facts, bytes }) => {
    const { content_type, revpos } = facts;
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
    return [name, { content_type, revpos, data }] as const;
  });
  const attachments = { ...(document['_attachments'] as JsonObject), ...Object.fromEntries(inline) };
  return { ...document, _attachments: attachments };
}

/** CouchDB sends what it stores as gzip compressed: texts. */
async function unpacked(
  following: Following[],
  room: UnpackingRoom,
  reply: FastifyReply,
): Promise<Following[]> {
  const packed = following.filter(({ facts }) => facts['encoding'] !== undefined);
  if (packed.length === 0) return following;
  if (packed.some(({ facts }) => facts['encoding'] !== 'gzip')) {
    throw new CouchFailure(415, 'bad_content_type', 'Attachments are encoded as gzip, or not at all.');
  }
  const notGzip = () => badRequest('An attachment is not properly gzipped.');
  const buffers = packed.map(({ bytes }) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  const contents = await room.unpack(buffers, reply.raw, notGzip);
  const byName = new Map(packed.map(({ name }, index) => [name, contents[index]]));
  return following.map((each) => {
    const content = byName.get(each.name);
    if (content === undefined) return each;
    const { length } = each.facts;
    if (length !== undefined && length !== content.length) throw notGzip();
    return { ...each, bytes: bytesOf(content) };
  });
}
