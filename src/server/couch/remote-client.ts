import type { CouchClient, CouchMethod, CouchReply } from './client';

/** Address of a CouchDB with its administrator's credentials taken out of it. */
export interface CouchAddress {
  /** Without a slash at the end. */
  origin: string;
  /** The administrator's `Authorization` header; absent when the address has no user. */
  authorization?: string;
}

/** Reads `http://admin:secret@host:5984/below`. @throws {TypeError} when it is no http address */
export function couchAddress(text: string): CouchAddress {
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError('not an http address');
  const origin = `${url.protocol}//${url.host}${url.pathname}`.replace(/\/+$/, '');
  if (url.username === '') return { origin };
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { origin, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** A CouchDB elsewhere, as its administrator. Rejects only when it can't be reached. */
export function remoteClient({ origin, authorization }: CouchAddress): CouchClient {
  return {
    async request(method: CouchMethod, path: string, body?: unknown): Promise<CouchReply> {
      const response = await fetch(`${origin}${path}`, {
        method,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          ...(authorization === undefined ? {} : { authorization }),
        },
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
