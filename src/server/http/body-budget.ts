import { Transform, type Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addressGroup } from '../accounts/address-group';
import { failureOf, type Identity } from '../accounts/identity';
import { busy, tooLarge, unauthorized } from '../couch/failure';
import { BodyRoom, type Hold } from './body-room';

/** A visit or two: such a body finds room when batches don't, and comes before its sender is known. */
const smallBody = 16 * 1024;

/** How slowly a body may come: half of the line that desks reckon with (S12), after a time in which nothing need come. */
export interface BodyPace {
  graceMs: number;
  bytesPerSecond: number;
  longestMs: number;
}

const standardPace: BodyPace = { graceMs: 30_000, bytesPerSecond: 1000, longestMs: 10 * 60_000 };

export interface BodyBudget {
  /** Bytes of the longest body. */
  bodyLimit: number;
  /** Who sends a request. */
  identify: (request: FastifyRequest) => Promise<Identity>;
  pace?: BodyPace;
}

/**
 * Lets bodies in as long as there is room for them; else the request is answered with 503 and Retry-After (S12). So a
 * city of desks that come back all at once fills neither the memory nor a queue that none of them would outwait. Room
 * is taken by what has arrived, and by nobody unknown beyond a small body (docs/decisions/0010).
 */
export function addBodyBudget(app: FastifyInstance, { bodyLimit, identify, pace }: BodyBudget): void {
  const room = new BodyRoom(bodyLimit);
  app.addHook('preParsing', async (request, reply, payload) => {
    const announced = announcedLength(request);
    if (announced === 0) return payload;
    if (announced !== undefined && announced > bodyLimit) throw tooLarge();
    const isSmall = announced !== undefined && announced <= smallBody;
    const account = isSmall ? undefined : await senderOf(request, identify);
    const hold = room.enter({ address: addressGroup(request.ip), account });
    reply.raw.once('close', () => hold.leave());
    // Not kept free for it: only what can't fit as things are is turned away unread.
    if (announced !== undefined && !hold.hasRoomFor(announced)) throw busy();
    return metered(payload as Readable, reply, hold, pace ?? standardPace);
  });
}

/** Bytes that a request announces; undefined where it doesn't say. */
function announcedLength({ headers }: FastifyRequest): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  return Number(headers['content-length'] ?? 0) || 0;
}

/** @throws {CouchFailure} 401, 429 and the like for somebody unknown */
async function senderOf(
  request: FastifyRequest,
  identify: BodyBudget['identify'],
): Promise<string | undefined> {
  const identity = await identify(request);
  if (identity.kind === 'signed-out') throw unauthorized('Sign in before sending so much.');
  if (identity.kind !== 'user') throw failureOf(identity);
  return identity.user.name ?? undefined;
}

/** The body as it comes, each piece once it has found room. */
function metered(payload: Readable, reply: FastifyReply, hold: Hold, pace: BodyPace): Readable {
  const begun = performance.now();
  let arrived = 0;
  const body = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      arrived += chunk.length;
      if (hold.grow(chunk.length)) done(null, chunk);
      else refuse();
    },
  });
  const refuse = () => {
    clearInterval(watch);
    payload.unpipe(body);
    // What is still on its way is read and dropped: a client that is cut off never sees the answer.
    payload.resume();
    body.destroy(busy());
  };
  const watch = setInterval(
    () => {
      const ms = performance.now() - begun;
      const due = (Math.max(0, ms - pace.graceMs) / 1000) * pace.bytesPerSecond;
      if (ms < pace.longestMs && arrived >= due) return;
      reply.header('connection', 'close');
      refuse();
    },
    Math.min(1000, pace.graceMs),
  ).unref();
  payload.once('error', (error) => body.destroy(error));
  body.once('close', () => clearInterval(watch));
  return payload.pipe(body);
}
