import { Agent, request as httpRequest } from 'node:http';
import { aVisit, ulidOf } from '../builders';
import type { LoadServer } from './load-server';

/** An answer, and how long it took in ms. */
export interface Timed {
  status: number;
  retryAfterMs: number;
  body: unknown;
  ms: number;
}

/** One desk as the server sees a browser: six connections that stay open, Basic with every request. */
export class LoadDesk {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 6 });
  #visits = 0;

  constructor(
    private readonly server: LoadServer,
    readonly name: string,
    private readonly authorization: string,
  ) {}

  static async open(server: LoadServer, index: number): Promise<LoadDesk> {
    const { name, authorization } = await server.desk(index);
    return new LoadDesk(server, name, authorization);
  }

  /** New visits in the desk's own name. */
  newVisits(count: number): object[] {
    return Array.from({ length: count }, () => {
      const visit = aVisit(this.name, ++this.#visits);
      return { ...visit, _id: `visit:${this.name}:${ulidOf(this.#visits)}` };
    });
  }

  /** Rejects if the connection breaks or the signal aborts. */
  call(method: 'GET' | 'POST', path: string, body?: object, signal?: AbortSignal): Promise<Timed> {
    const started = performance.now();
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: this.authorization,
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      };
      const options = { method, headers, agent: this.#agent, ...(signal === undefined ? {} : { signal }) };
      const request = httpRequest(`${this.server.url}/couch${path}`, options, (response) => {
        const chunks: string[] = [];
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            retryAfterMs: Number(response.headers['retry-after'] ?? 0) * 1000,
            body: JSON.parse(chunks.join('')) as unknown,
            ms: performance.now() - started,
          });
        });
      });
      request.on('error', reject);
      request.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
