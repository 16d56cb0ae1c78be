import { Transform, type Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addressGroup } from '../accounts/address-group';
import { failureOf, type Identity } from '../accounts/identity';
import { busy, tooLarge, unauthorized } from '../couch/failure';
import { BodyRoom, type Hold } from './body-room';

/** A visit or two: such a body fits when batches don't, and arrives before its sender is known. */
const smallBody = 16 * 1024;

/**
 * The slowest acceptable rate of a body: half of the line that desks assume (S12), after a time in which
 * nothing need arrive.
 */
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
 * Lets bodies in as long as there is room for them; otherwise answers 503 with Retry-After (S12). So if all
 * of a city's desks come back at once, they fill neither the memory nor a queue that would outlast their
 * patience. Only bytes that have arrived take up room, and an unknown sender gets no more than a small body
 * (docs/decisions/0010).
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
    // Room is not reserved for it: only a body that can't fit at the moment is turned away unread.
    if (announced !== undefined && !hold.hasRoomFor(announced)) throw busy();
    return metered(payload as Readable, reply, hold, pace ?? standardPace);
  });
}

/** Bytes that a request announces; undefined if it doesn't say. */
function announcedLength({ headers }: FastifyRequest): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  return Number(headers['content-length'] ?? 0) || 0;
}

/** @throws {CouchFailure} 401, 429 and the like for an unknown sender */
async function senderOf(
  request: FastifyRequest,
  identify: BodyBudget['identify'],
): Promise<string | undefined> {
  const identity = await identify(request);
  if (identity.kind === 'signed-out') throw unauthorized('Sign in before sending so much.');
  if (identity.kind !== 'user') throw failureOf(identity);
  return identity.user.name ?? undefined;
}

/** The body as it arrives, each piece once it has found room. */
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
    // The rest is read and dropped: a client that is cut off never sees the answer.
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
