import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type OutgoingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

/** What happens to a request on the line. Real connections are cut; every body has its real length. */
export type Fault =
  /** None: it passes, and counts as met once the server has all of it. */
  | { kind: 'pass' }
  /** The line is dead: nothing arrives. */
  | { kind: 'dead' }
  /** This many bytes of the request's body reach the server, then both sides are cut. */
  | { kind: 'cut-request'; after: number }
  /** The server does its part; this many bytes of its answer's body get through, for 0 not even the head. */
  | { kind: 'cut-answer'; after: number }
  /**
   * The server does its part, and something on the way alters its answer's body. With `endsByClose` its
   * length is not announced: it ends with the connection, as in HTTP/1.0.
   */
  | { kind: 'rewrite'; body: (text: string) => string; type?: string; endsByClose?: boolean }
  /** Something else answers; the server hears nothing. */
  | { kind: 'answer'; status: number; headers?: () => Record<string, string>; body?: string }
  /** 413 for a body of more bytes, or of more documents. */
  | { kind: 'at-most'; bytes?: number; documents?: number }
  /** The answer comes in pieces of a few bytes. */
  | { kind: 'trickle'; bytes: number }
  /** The line is slow: both ways it carries this many bytes in 10 ms, and never stops. */
  | { kind: 'slow'; bytes: number }
  /** This many bytes of the answer's body get through, then nothing more; the connection stays open. */
  | { kind: 'stall'; after: number }
  /** The server has the request and has done its part; its answer waits until the fault is over. */
  | { kind: 'hold' };

/** A line to the server, with the faults of real ones. */
export class FaultProxy {
  /** Addresses of the requests that met the fault, oldest first. */
  met: string[] = [];
  /** Called when a request has met the fault: after the server's part, if it has one. */
  onMet: () => void = () => undefined;
  #fault: Fault | undefined;
  #pattern = /^/;
  #release = new EventTarget();

  private constructor(
    private readonly server: Server,
    readonly url: string,
    /** May move, like a server's port when it restarts. */
    private readonly target: () => string,
  ) {}

  static async to(target: () => string): Promise<FaultProxy> {
    const server = createServer((incoming, outgoing) => void proxy.#pass(incoming, outgoing));
    server.listen(0, 'localhost');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const proxy = new FaultProxy(server, `http://localhost:${port}`, target);
    return proxy;
  }

  /** From now on requests to such addresses meet the fault, also over open connections. */
  break(fault: Fault, pattern = /^/): void {
    this.met = [];
    this.#pattern = pattern;
    this.#fault = fault;
  }

  heal(): void {
    this.#fault = undefined;
    this.#release.dispatchEvent(new Event('heal'));
  }

  async stop(): Promise<void> {
    this.heal();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const address = incoming.url ?? '/';
    const fault = this.#pattern.test(address) ? this.#fault : undefined;
    const meet = () => {
      if (!fault) return;
      this.met.push(address);
      this.onMet();
    };
    try {
      await this.#carry(fault ?? { kind: 'pass' }, meet, incoming, outgoing);
    } catch {
      // The server or the client has gone: the other side finds out as on a real line.
      outgoing.destroy();
    }
  }

  async #carry(
    fault: Fault,
    meet: () => void,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<void> {
    const forward = () => this.#forward(incoming, outgoing);
    switch (fault.kind) {
      case 'pass': {
        const { answer, sent } = forward();
        sent.once('finish', meet);
        incoming.pipe(sent);
        const head = await answer;
        outgoing.writeHead(head.statusCode ?? 502, head.headers);
        head.pipe(outgoing);
        return;
      }
      case 'dead':
        outgoing.destroy();
        meet();
        return;
      case 'cut-request': {
        const body = await read(incoming);
        const { sent } = forward();
        // The answer to half a request would be as lost as the request.
        await new Promise((resolve) => sent.write(body.subarray(0, fault.after), resolve));
        sent.destroy();
        outgoing.destroy();
        meet();
        return;
      }
      case 'answer':
        await read(incoming);
        outgoing.writeHead(fault.status, { date: new Date().toUTCString(), ...fault.headers?.() });
        outgoing.end(fault.body ?? '');
        meet();
        return;
      case 'at-most': {
        const body = await read(incoming);
        if (isWithin(fault, body, unpacked(incoming, body)))
          return finish(outgoing, await this.#exchange(incoming, outgoing, body));
        outgoing.writeHead(413).end('<h1>413 Request Entity Too Large</h1>');
        meet();
        return;
      }
      case 'cut-answer': {
        const { head, body } = await this.#exchange(incoming, outgoing, await read(incoming));
        if (fault.after > 0) {
          outgoing.writeHead(head.statusCode ?? 502, head.headers);
          await new Promise((resolve) => outgoing.write(body.subarray(0, fault.after), resolve));
        }
        outgoing.destroy();
        meet();
        return;
      }
      case 'rewrite': {
        const { head, body } = await this.#exchange(incoming, outgoing, await read(incoming));
        const text = Buffer.from(fault.body(unpacked(head, body).toString()));
        const type = fault.type === undefined ? {} : { 'content-type': fault.type };
        if (fault.endsByClose) outgoing.useChunkedEncodingByDefault = false;
        const headers: OutgoingHttpHeaders = { ...head.headers, ...type };
        delete headers['transfer-encoding'];
        delete headers['content-length'];
        delete headers['content-encoding'];
        const length = fault.endsByClose ? { connection: 'close' } : { 'content-length': text.length };
        outgoing.writeHead(head.statusCode ?? 502, { ...headers, ...length });
        outgoing.end(text);
        meet();
        return;
      }
      case 'trickle': {
        const { head, body } = await this.#exchange(incoming, outgoing, await read(incoming));
        outgoing.writeHead(head.statusCode ?? 502, head.headers);
        for (let at = 0; at < body.length; at += fault.bytes) {
          await new Promise((resolve) => outgoing.write(body.subarray(at, at + fault.bytes), resolve));
        }
        outgoing.end();
        meet();
        return;
      }
      case 'slow': {
        const body = await read(incoming);
        const { sent, answer } = forward();
        await writeSlowly(sent, body, fault.bytes);
        sent.end();
        const head = await answer;
        outgoing.writeHead(head.statusCode ?? 502, head.headers);
        await writeSlowly(outgoing, await read(head), fault.bytes);
        meet();
        outgoing.end();
        return;
      }
      case 'stall': {
        const { head, body } = await this.#exchange(incoming, outgoing, await read(incoming));
        const healed = once(this.#release, 'heal');
        outgoing.writeHead(head.statusCode ?? 502, head.headers);
        outgoing.write(body.subarray(0, fault.after));
        meet();
        await healed;
        outgoing.destroy();
        return;
      }
      case 'hold': {
        const whole = await this.#exchange(incoming, outgoing, await read(incoming));
        const healed = once(this.#release, 'heal');
        meet();
        await healed;
        finish(outgoing, whole);
        return;
      }
    }
  }

  /** Forwards a request to the server; `sent` takes its body. */
  #forward(incoming: IncomingMessage, outgoing: ServerResponse) {
    const { method, headers, url = '/' } = incoming;
    const sent = request(new URL(url, this.target()), { method, headers });
    sent.on('error', () => outgoing.destroy());
    // When a client goes away, its request is aborted, long polls too.
    outgoing.once('close', () => sent.destroy());
    const answer = once(sent, 'response').then(([response]) => response as IncomingMessage);
    answer.catch(() => undefined);
    return { sent, answer };
  }

  /** A whole request and its whole answer. */
  async #exchange(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer): Promise<Whole> {
    const { sent, answer } = this.#forward(incoming, outgoing);
    sent.end(body);
    const head = await answer;
    return { head, body: await read(head) };
  }
}

interface Whole {
  head: IncomingMessage;
  body: Buffer;
}

function finish(outgoing: ServerResponse, { head, body }: Whole): void {
  outgoing.writeHead(head.statusCode ?? 502, head.headers);
  outgoing.end(body);
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

async function writeSlowly(to: OutgoingMessage, body: Buffer, bytes: number): Promise<void> {
  for (let at = 0; at < body.length && !to.destroyed; at += bytes) {
    await setTimeout(10);
    to.write(body.subarray(at, at + bytes));
  }
}

/** A body as its sender meant it. */
function unpacked({ headers }: IncomingMessage, body: Buffer): Buffer {
  return headers['content-encoding'] === 'gzip' ? gunzipSync(Uint8Array.from(body)) : body;
}

function isWithin({ bytes, documents }: Fault & { kind: 'at-most' }, body: Buffer, content: Buffer): boolean {
  if (bytes !== undefined && body.length > bytes) return false;
  if (documents === undefined || body.length === 0) return true;
  const { docs } = JSON.parse(content.toString()) as { docs?: unknown[] };
  return (docs ?? []).length <= documents;
}
