import http from 'node:http';
import https from 'node:https';
import { TLSSocket } from 'node:tls';
import { bytesOf } from '../bytes';

/** An answer exactly as it came over the line: nothing unpacked, no redirect followed. */
export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
  /** When the server's certificate expires; absent without TLS. */
  certificateEnds?: Date;
}

export interface AskOptions {
  method?: 'GET' | 'DELETE';
  headers?: Record<string, string>;
  timeoutMs?: number;
}

/** Sends one request. @throws {Error} with Node.js's code if no complete answer comes */
export function ask(url: string, options: AskOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, timeoutMs = 10_000 } = options;
  const send = url.startsWith('https:') ? https.request : http.request;
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      const certificateEnds = certificateEnd(response.socket);
      response.on('data', (chunk: Buffer) => chunks.push(bytesOf(chunk)));
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          ...(certificateEnds === undefined ? {} : { certificateEnds }),
        });
      });
    });
    request.on('error', reject);
    request.end();
  });
}

function certificateEnd(socket: unknown): Date | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const end = new Date(socket.getPeerCertificate().valid_to);
  return Number.isNaN(end.getTime()) ? undefined : end;
}

/** Why no answer came, as a code: `ECONNREFUSED`, `CERT_HAS_EXPIRED`. */
export function failureCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return failureCode(error.errors[0]);
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  return (error as NodeJS.ErrnoException).code ?? error.name;
}

/** A JSON body; undefined for any other. */
export function jsonIn({ body }: Answer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
