import { request as ask, type IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { bytesOf } from '../src/server/bytes';
import type { TestCertificate } from './certificate';

export interface ProxySettings extends TestCertificate {
  /** The server behind. */
  to: string;
  /** Doesn't tell the server behind about TLS. */
  isSilent?: boolean;
  /** The name that it claims to have been called by. */
  calledAs?: string;
  /** Ends a held answer after this long, ms. */
  cutAfterMs?: number;
  /** Changes what comes back. */
  headers?: (headers: IncomingHttpHeaders, path: string) => IncomingHttpHeaders;
  /** Compresses every answer once more, without saying so. */
  packsAgain?: boolean;
}

const packedTwice = (bytes: Buffer) => gzipSync(bytesOf(gzipSync(bytesOf(bytes))));

/** A reverse proxy that speaks TLS, well or badly. */
export async function startTlsProxy(settings: ProxySettings) {
  const { to, isSilent, calledAs, cutAfterMs, headers = (sent) => sent, packsAgain } = settings;
  const server = createServer({ cert: settings.cert, key: settings.key }, (request, response) => {
    const sent = {
      ...request.headers,
      ...(isSilent === true ? {} : { 'x-forwarded-proto': 'https' }),
      ...(calledAs === undefined ? {} : { 'x-forwarded-host': calledAs }),
      'x-forwarded-for': '192.0.2.1',
    };
    const path = request.url ?? '/';
    const onward = ask(`${to}${path}`, { method: request.method, headers: sent }, (answer) => {
      const chunks: Uint8Array[] = [];
      answer.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      answer.on('end', () => {
        clearTimeout(cut);
        const bytes = Buffer.concat(chunks as Uint8Array<ArrayBuffer>[]);
        const body = packsAgain === true ? packedTwice(bytes) : bytes;
        const back = { ...headers(answer.headers, path), 'content-length': String(body.byteLength) };
        delete (back as IncomingHttpHeaders)['transfer-encoding'];
        if (packsAgain === true) back['content-encoding'] = 'gzip';
        response.writeHead(answer.statusCode ?? 502, back);
        response.end(body);
      });
    });
    const cut = setTimeout(() => {
      if (cutAfterMs === undefined) return;
      onward.destroy();
      response.writeHead(504).end();
    }, cutAfterMs ?? 0);
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `https://localhost:${port}`,
    stop: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
