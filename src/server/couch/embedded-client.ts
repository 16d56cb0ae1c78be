import type { CouchClient, CouchMethod, CouchReply } from './client';
import type { Endpoint } from './endpoint';
import { serverAdministrator, type CouchRequest, type CouchResponse } from './exchange';
import { invalidJson } from './failure';

/** The embedded store for its administrator: calls the endpoint in this process, without HTTP. */
export function embeddedClient(endpoint: Endpoint): CouchClient {
  return {
    async request(method: CouchMethod, path: string, body?: unknown): Promise<CouchReply> {
      const response = await endpoint.handle(requestFrom(method, path, body), serverAdministrator);
      return { status: response.status, body: await bodyOf(response) };
    },
  };
}

function requestFrom(method: CouchMethod, path: string, body: unknown): CouchRequest {
  const [address = '/', query = ''] = path.split(/\?(.*)/s);
  // Through text and back, so that what is stored shares nothing with the caller's objects.
  const text = body === undefined ? undefined : JSON.stringify(body);
  return {
    method,
    path: address,
    query: new URLSearchParams(query),
    headers: { accept: 'application/json', contentType: 'application/json' },
    json: () => {
      if (text === undefined) throw invalidJson();
      return JSON.parse(text) as unknown;
    },
    bytes: () => new TextEncoder().encode(text),
    signal: new AbortController().signal,
  };
}

async function bodyOf({ body }: CouchResponse): Promise<unknown> {
  switch (body.kind) {
    case 'json':
      return body.value;
    case 'text':
      return JSON.parse(body.text) as unknown;
    case 'bytes':
      return body.bytes;
    case 'multipart':
      throw new Error('The server asks itself for JSON only.');
    case 'stream': {
      let text = '';
      for await (const chunk of body.chunks) text += chunk;
      return JSON.parse(text) as unknown;
    }
  }
}
