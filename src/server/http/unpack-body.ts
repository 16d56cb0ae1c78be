import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { bytesOf } from '../bytes';
import { badRequest, busy, CouchFailure, tooLarge } from '../couch/failure';

const unpack = promisify(gunzip);

/** JSON of ours packs to a tenth; what packs to less than a hundredth was made to fill memory. */
const mostPacked = 100;
/** Up to here nobody counts how well it packs, bytes. */
const harmless = 64 * 1024;

/**
 * Unpacks bodies that come with `Content-Encoding: gzip`; whoever reads one sees no difference. Gzip tells at its end
 * how long the content is, so one that is too long, too well packed or finds no room is refused before it is unpacked,
 * and unpacking ends there. The room is beside that of bodies as they come (docs/decisions/0010), and as large.
 * @param bodyLimit bytes of the longest body, packed or not
 */
export function addBodyUnpacking(app: FastifyInstance, bodyLimit: number): void {
  let taken = 0;
  app.addHook('preValidation', async (request, reply) => {
    const { body } = request;
    const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
    if (encoding === 'identity' || !Buffer.isBuffer(body) || body.length === 0) return;
    if (encoding !== 'gzip') throw unsupported(encoding);
    const length = contentLength(body);
    if (length > bodyLimit || (length > harmless && length > mostPacked * body.length)) throw tooLarge();
    if (taken > 0 && taken + length > bodyLimit) throw busy();
    if (reply.raw.destroyed) return;
    taken += length;
    reply.raw.once('close', () => (taken -= length));
    request.body = await unpack(bytesOf(body), { maxOutputLength: Math.max(length, 1) }).catch(() => {
      throw notGzip();
    });
  });
}

const notGzip = () => badRequest('Request body is not properly gzipped.');

const unsupported = (encoding: string) =>
  new CouchFailure(415, 'bad_content_type', `${encoding} is not a supported content encoding.`);

/** What gzip says of its content's length (RFC 1952, 2.3.1): of the last member, and we take one. */
function contentLength(packed: Buffer): number {
  // A header and a trailer without anything between are 18 bytes.
  if (packed.length < 18) throw notGzip();
  return packed.readUInt32LE(packed.length - 4);
}
