import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A load balancer for several servers: each request goes to the first that accepts it, like HAProxy with
 * `retries` and `option redispatch`. A connection that breaks later breaks for the client as well.
 */
export class Balancer {
  /** Addresses that were requested, in order. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
    private readonly targets: () => readonly string[],
  ) {}

  static async before(targets: () => readonly string[]): Promise<Balancer> {
    const server = createServer((incoming, outgoing) => balancer.#pass(incoming, outgoing));
    server.listen(0, 'localhost');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const balancer = new Balancer(server, `http://localhost:${port}`, targets);
    return balancer;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    this.asked.push(incoming.url ?? '/');
    const pieces: Uint8Array[] = [];
    incoming.on('data', (piece: Uint8Array) => pieces.push(piece));
    incoming.on('end', () => this.#send(incoming, Buffer.concat(pieces), outgoing, [...this.targets()]));
  }

  #send(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse, targets: string[]): void {
    const target = targets.shift();
    if (target === undefined) return void outgoing.writeHead(503, { 'retry-after': '2' }).end();
    const headers = { ...incoming.headers, host: new URL(target).host };
    const sent = request(target + (incoming.url ?? '/'), { method: incoming.method ?? 'GET', headers });
    sent.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') this.#send(incoming, body, outgoing, targets);
      else outgoing.destroy();
    });
    outgoing.on('close', () => sent.destroy());
    sent.end(body);
  }
}
