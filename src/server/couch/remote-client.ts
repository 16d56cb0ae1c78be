import type { CouchClient, CouchMethod, CouchReply } from './client';
import { CouchNodes } from './nodes';

/** A CouchDB's address, without the administrator's credentials that it contained. */
export interface CouchAddress {
  /** Without a trailing slash. */
  origin: string;
  /** The administrator's `Authorization` header; absent if the address has no user. */
  authorization?: string;
}

/** Reads `http://admin:secret@host:5984/below`. @throws {TypeError} unless it is an http address */
export function couchAddress(text: string): CouchAddress {
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError('not an http address');
  const origin = `${url.protocol}//${url.host}${url.pathname}`.replace(/\/+$/, '');
  if (url.username === '') return { origin };
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { origin, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/**
 * The addresses of a cluster's nodes, separated by commas or spaces. @throws {TypeError} unless each is one
 */
export function couchAddresses(text: string): CouchAddress[] {
  return text
    .trim()
    .split(/[\s,]+(?=https?:\/\/)/)
    .map(couchAddress);
}

/**
 * A remote CouchDB, as its administrator. Only rejects if it can't be reached.
 * @throws {CouchFailure} 503, from `request`
 */
export function remoteClient(couch: CouchAddress | CouchNodes): CouchClient {
  const nodes = couch instanceof CouchNodes ? couch : new CouchNodes([couch]);
  return {
    async request(method: CouchMethod, path: string, body?: unknown): Promise<CouchReply> {
      const response = await nodes.fetch(path, {
        method,
        asAdministrator: true,
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: jsonOrText(text) };
    },
  };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
