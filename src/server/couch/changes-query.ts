import type { Database } from './database';
import type { CouchRequest } from './exchange';
import { badRequest } from './failure';
import { isJsonObject } from './json';
import { requireCount } from './limits';
import { booleanParameter, countParameter } from './query';
import { sequenceFrom } from './sequence';

const longestWaitMs = 60_000;
const shortestHeartbeatMs = 100;
/** Read all at once, backwards: none of our clients asks for more than the last one. */
const mostDescending = 100;

const feeds = ['normal', 'longpoll', 'continuous'] as const;
export type Feed = (typeof feeds)[number];

/** @throws {CouchFailure} 400 for any value except `known` */
export function feedOf(query: URLSearchParams, known: readonly Feed[] = feeds): Feed {
  const name = query.get('feed') ?? 'normal';
  // CouchDB's synonym for it.
  const feed = known.find((each) => each === (name === 'live' ? 'continuous' : name));
  if (feed === undefined) throw badRequest(`Supported \`feed\` types: ${known.join(', ')}`);
  return feed;
}

/** A request for changes, parsed and checked. Times in ms. */
export interface ChangesQuery {
  /** The store's own sequence number. */
  since: number;
  limit: number;
  feed: Feed;
  timeoutMs: number;
  heartbeatMs?: number;
  descending: boolean;
  /** Options in the store's own terms. */
  read: Pick<PouchDB.Core.ChangesOptions, 'style' | 'doc_ids'> & {
    include_docs: boolean;
    conflicts: boolean;
  };
}

/**
 * Reads a request for changes.
 * @param last the database's last sequence number
 * @throws {CouchFailure} 400
 */
export function changesQuery(database: Database, request: CouchRequest, last: number): ChangesQuery {
  const { query } = request;
  const feed = feedOf(query);
  const style = query.get('style') ?? 'main_only';
  if (style !== 'main_only' && style !== 'all_docs') {
    throw badRequest('Supported `style`s: main_only, all_docs');
  }
  const heartbeatMs = heartbeat(query);
  const docIds = filteredIds(request);
  const limit = countParameter(query, 'limit') ?? Number.MAX_SAFE_INTEGER;
  const descending = booleanParameter(query, 'descending');
  if (descending && limit > mostDescending) {
    throw badRequest(`\`descending\` needs a \`limit\` of ${mostDescending} at most.`);
  }
  if (descending && feed === 'continuous') throw badRequest('A continuous feed goes forwards.');
  return {
    since: sequenceFrom(query.get('since') ?? '0', database, last),
    limit,
    feed,
    timeoutMs: Math.min(countParameter(query, 'timeout') ?? longestWaitMs, longestWaitMs),
    descending,
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    read: {
      style,
      include_docs: booleanParameter(query, 'include_docs'),
      conflicts: booleanParameter(query, 'conflicts'),
      ...(docIds === undefined ? {} : { doc_ids: docIds }),
    },
  };
}

function heartbeat(query: URLSearchParams): number | undefined {
  const text = query.get('heartbeat');
  if (text === null || text === 'false') return undefined;
  const ms = text === 'true' ? longestWaitMs : countParameter(query, 'heartbeat');
  return ms === undefined ? undefined : Math.max(ms, shortestHeartbeatMs);
}

/** `filter=_doc_ids`, the only filter there is. */
function filteredIds(request: CouchRequest): string[] | undefined {
  const filter = request.query.get('filter');
  if (filter === null) return undefined;
  if (filter !== '_doc_ids') throw badRequest('The only `filter` is `_doc_ids`.');
  const body: unknown = request.method === 'POST' ? request.json() : undefined;
  const ids: unknown = isJsonObject(body) ? body['doc_ids'] : undefined;
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) {
    throw badRequest('`doc_ids` filter parameter is not a list.');
  }
  requireCount(ids.length, 'doc_ids');
  return ids as string[];
}
