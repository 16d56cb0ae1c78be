import { UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { jsonResponse, type CouchResponse } from '../couch/exchange';
import { busy, noDatabase } from '../couch/failure';
import { isJsonObject } from '../couch/json';
import { epochId, type Route } from '../couch/route';
import { planOf } from '../provision/databases';
import { NoEpoch, readEpoch } from './read-epoch';

/** How long an answer is cached, ms: each pull of each desk asks. */
const keptMs = 5_000;

/** Whether a request reads the epoch of a database that Tiski gives one. */
export const asksForEpoch = (method: string, route: Route): route is Route & { database: string } =>
  (method === 'GET' || method === 'HEAD') &&
  route.kind === 'local' &&
  route.id === epochId &&
  planOf(route.database) !== undefined;

/**
 * Answers `GET /DATABASE/_local/epoch` for the store (S8). By then the store has checked who may read the
 * database.
 */
export class ToldEpochs {
  readonly #known = new Map<string, { epoch: string; readAt: number }>();
  readonly #asked = new Map<string, Promise<string>>();

  constructor(
    private readonly client: CouchClient,
    /** A clock that nobody sets, ms. */
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Replaces the store's answer to the same request; undefined if the store refused it.
   * @throws {CouchFailure} 503 if there is no epoch to give: a desk must not take that for another copy
   */
  async answer(database: string, status: number, body: unknown): Promise<CouchResponse | undefined> {
    if (!mayRead(status, body)) return undefined;
    const epoch = await this.epochOf(database);
    return jsonResponse(200, { _id: epochId, _rev: '0-1', epoch });
  }

  /** @throws {CouchFailure} 503 if there is none to give */
  async epochOf(database: string): Promise<string> {
    const known = this.#known.get(database);
    if (known !== undefined && this.now() - known.readAt < keptMs) return known.epoch;
    const asked = this.#asked.get(database) ?? this.#ask(database, known?.epoch);
    this.#asked.set(database, asked);
    try {
      return await asked;
    } catch (error) {
      const isOurs = !(error instanceof NoEpoch) && !(error instanceof UnexpectedCouchReply);
      throw isOurs ? error : busy('The epoch of the database can not be told now. Try later.');
    } finally {
      this.#asked.delete(database);
    }
  }

  async #ask(database: string, known: string | undefined): Promise<string> {
    const epoch = await readEpoch(this.client, database, known);
    this.#known.set(database, { epoch, readAt: this.now() });
    return epoch;
  }
}

/** 404 means that there is no such document, or no such database. */
function mayRead(status: number, body: unknown): boolean {
  if (status !== 404) return status === 200;
  return !isJsonObject(body) || body['reason'] !== noDatabase().reason;
}
