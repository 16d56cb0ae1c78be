import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a CouchDB got to see of a request's sender. */
export interface SeenRequest {
  method: string;
  path: string;
  authorization: string | undefined;
  cookie: string | undefined;
}

/** A line to a CouchDB that records what goes over it, and may answer in its place. */
export interface CouchRecorder {
  /** Like COUCHDB_URL, with the administrator's credentials. */
  url: string;
  readonly seen: SeenRequest[];
  /** Answers instead of the CouchDB if it returns something. */
  instead: (request: SeenRequest) => { status: number; body: unknown } | undefined;
  stop(): Promise<void>;
}

/**
 * @param prefix of Tiski's databases there, which have their usual names on this side: several tests may
 * share a CouchDB
 */
export async function startRecorder(couchUrl: string, prefix = ''): Promise<CouchRecorder> {
  const couch = new URL(couchUrl);
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const { method = 'GET', url: path = '/', headers } = request;
    const noted: SeenRequest = {
      method,
      path,
      authorization: headers.authorization,
      cookie: headers.cookie,
    };
    seen.push(noted);
    const given = recorder.instead(noted);
    if (given !== undefined) {
      request.resume();
      response.writeHead(given.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(given.body));
      return;
    }
    const there = path.replace(/^\/tiski-/, `/${prefix}tiski-`);
    const onward = send(
      { host: couch.hostname, port: couch.port, method, path: there, headers },
      (answer: IncomingMessage) => {
        if (prefix !== '' && method === 'GET' && path === '/_all_dbs' && answer.statusCode === 200)
          return void sendOwnNames(answer, response, prefix);
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const url = new URL(couchUrl);
  url.host = `127.0.0.1:${port}`;
  const recorder: CouchRecorder = {
    url: url.href.replace(/\/$/, ''),
    seen,
    instead: () => undefined,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return recorder;
}

/** Of all databases those with the prefix, without it, and CouchDB's own. */
async function sendOwnNames(
  answer: IncomingMessage,
  response: ServerResponse,
  prefix: string,
): Promise<void> {
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  const names: unknown = JSON.parse(text);
  const own = Array.isArray(names)
    ? names
        .map(String)
        .flatMap((name) =>
          name.startsWith(prefix) ? [name.slice(prefix.length)] : /^_/.test(name) ? [name] : [],
        )
    : names;
  response.writeHead(answer.statusCode ?? 502, { 'content-type': 'application/json' });
  response.end(JSON.stringify(own));
}
