import type { FastifyInstance } from 'fastify';
import { badRequest, CouchFailure } from '../couch/failure';
import type { UnpackingRoom } from './unpacking-room';

/** Unpacks bodies with `Content-Encoding: gzip`; whoever reads one sees no difference. */
export function addBodyUnpacking(app: FastifyInstance, room: UnpackingRoom): void {
  app.addHook('preValidation', async (request, reply) => {
    const { body } = request;
    const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
    if (encoding === 'identity' || !Buffer.isBuffer(body) || body.length === 0) return;
    if (encoding !== 'gzip') throw unsupported(encoding);
    if (reply.raw.destroyed) return;
    [request.body] = await room.unpack([body], reply.raw, notGzip);
  });
}

const notGzip = () => badRequest('Request body is not properly gzipped.');

const unsupported = (encoding: string) =>
  new CouchFailure(415, 'bad_content_type', `${encoding} is not a supported content encoding.`);
