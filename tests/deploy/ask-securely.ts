import { request, type IncomingHttpHeaders } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { performance } from 'node:perf_hooks';

export interface SecureAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** When each piece of the body arrived, ms after the request. */
  pieces: number[];
}

export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** The authority that is trusted. */
  ca?: string;
  /** The address of this machine that requests come from. */
  from?: string;
  /** Called with each piece of the body. */
  onPiece?: () => void;
}

/** One request on its own connection, raw: nothing is unpacked or followed. */
export function askSecurely(url: string, asked: Asked = {}) {
  const { method = 'GET', headers = {}, body, ca, from: localAddress, onPiece } = asked;
  return new Promise<SecureAnswer>((resolve, reject) => {
    const begun = performance.now();
    const isSecure = url.startsWith('https:');
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const settings = { method, headers: { ...length, ...headers }, agent: false as const, localAddress };
    const sent = isSecure ? requestSecurely(url, { ...settings, ca }) : request(url, settings);
    sent.on('error', reject);
    sent.on('response', (answer) => {
      const chunks: Uint8Array[] = [];
      const pieces: number[] = [];
      answer.on('data', (chunk: Uint8Array) => {
        pieces.push(performance.now() - begun);
        chunks.push(chunk);
        onPiece?.();
      });
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(chunks as Uint8Array<ArrayBuffer>[]),
          pieces,
        }),
      );
    });
    sent.end(body);
  });
}
