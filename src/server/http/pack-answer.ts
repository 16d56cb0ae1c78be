import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { usersDatabase, type Route, type RouteKind } from '../couch/route';

const gzipped = promisify(gzip);

/** A shorter answer fits into a packet or two uncompressed. */
const worthPacking = 1_000;

/** Lists, whose rows are alike. A single document keeps its ETag, which identifies its exact bytes. */
const packedKinds: ReadonlySet<RouteKind> = new Set([
  'all-docs',
  'bulk-docs',
  'bulk-get',
  'changes',
  'revs-diff',
]);

/**
 * Whether an answer may be sent as gzip (docs/decisions/0014): accounts never, nor a feed that is held open,
 * whose line breaks would get stuck in the compressor.
 */
export function mayBePacked({ headers, query }: FastifyRequest, route: Route): boolean {
  if (!packedKinds.has(route.kind) || !('database' in route) || route.database === usersDatabase)
    return false;
  const { feed = 'normal' } = query as Record<string, unknown>;
  return feed === 'normal' && acceptsGzip(headers['accept-encoding']);
}

function acceptsGzip(accepted: string | string[] | undefined): boolean {
  const codings = String(accepted ?? '')
    .toLowerCase()
    .split(',');
  return codings.some((coding) => {
    const [name = '', ...parameters] = coding.split(';').map((part) => part.trim());
    return name === 'gzip' && !parameters.some((each) => /^q=0(\.0*)?$/.test(each));
  });
}

/** What was compressed once for everybody who asks for the same page. */
const packedTexts = new WeakMap<object, Promise<Buffer>>();

/**
 * Sends a text as gzip if that is worth it.
 * @param page stands for the text if others are sent the same
 */
export async function sendPacked(reply: FastifyReply, text: string, page?: object): Promise<FastifyReply> {
  if (text.length < worthPacking) return reply.send(text);
  // Not on the thread of the server's event loop.
  const packing = (page && packedTexts.get(page)) ?? gzipped(text);
  if (page) packedTexts.set(page, packing);
  const bytes = await packing;
  return reply.header('content-encoding', 'gzip').send(bytes);
}

/** Sends a stream as gzip; if either end fails, so does the other. */
export function sendPackedStream(reply: FastifyReply, stream: Readable): FastifyReply {
  const packer = createGzip();
  pipeline(stream, packer, () => undefined);
  return reply.header('content-encoding', 'gzip').send(packer);
}

export const isWorthPacking = (length: number) => length >= worthPacking;
