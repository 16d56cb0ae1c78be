import { createServer, request as send, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a CouchDB got to see of a request's sender. */
export interface SeenRequest {
  method: string;
  path: string;
  authorization: string | undefined;
  cookie: string | undefined;
}

/** A wire to a CouchDB that notes what goes over it, and may answer in its place. */
export interface CouchRecorder {
  /** As COUCHDB_URL, with the administrator's credentials. */
  url: string;
  readonly seen: SeenRequest[];
  /** Answers instead of the CouchDB where it gives something. */
  instead: (request: SeenRequest) => { status: number; body: unknown } | undefined;
  stop(): Promise<void>;
}

export async function startRecorder(couchUrl: string): Promise<CouchRecorder> {
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
    const onward = send(
      { host: couch.hostname, port: couch.port, method, path, headers },
      (answer: IncomingMessage) => {
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
