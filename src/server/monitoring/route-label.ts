import { METHODS } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { parseRoute } from '../couch/route';
import { couchAddressOf, couchPrefix } from '../http/couch-request';

/** The part of a request that may be a label: never an id, a name or what somebody typed. */
export interface RequestLabels {
  /**
   * A pattern (`/api/desks/:id/code`), or the kind of a CouchDB request (`/couch bulk-docs`); `none` without
   * a route.
   */
  route: string;
  method: string;
}

export function requestLabels(request: FastifyRequest): RequestLabels {
  const { method } = request;
  return { route: routeLabel(request), method: METHODS.includes(method) ? method : 'other' };
}

function routeLabel(request: FastifyRequest): string {
  const { url } = request.routeOptions;
  if (url === undefined) return 'none';
  if (url !== couchPrefix && !url.startsWith(`${couchPrefix}/`)) return url;
  return `${couchPrefix} ${couchKind(request)}`;
}

function couchKind(request: FastifyRequest): string {
  const { path, query } = couchAddressOf(request);
  try {
    const { kind } = parseRoute(request.method, path);
    if (kind !== 'changes') return kind;
    // What waits for news for most of a minute says nothing about the server's speed.
    const feed = query.get('feed');
    if (feed === 'longpoll') return 'changes longpoll';
    return feed === 'continuous' || feed === 'live' ? 'changes continuous' : kind;
  } catch {
    return 'other';
  }
}
