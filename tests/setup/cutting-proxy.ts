import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** A line between a browser and the server that breaks when told to. */
export class CuttingProxy {
  /** Answers that were cut so far. */
  cuts = 0;
  #pattern: RegExp | undefined;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(target: string): Promise<CuttingProxy> {
    const server = createServer((incoming, outgoing) => proxy.#pass(target, incoming, outgoing));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const proxy = new CuttingProxy(server, `http://localhost:${port}`);
    return proxy;
  }

  /** The server gets such requests and does its work; its answer meets a dead line. */
  cutAnswersTo(pattern: RegExp): void {
    this.#pattern = pattern;
  }

  heal(): void {
    this.#pattern = undefined;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  #pass(target: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, headers, url = '/' } = incoming;
    const onward = request(new URL(url, target), { method, headers }, (answer) => {
      if (this.#pattern?.test(url)) {
        // Read to its end, so that the server has certainly done its part.
        answer.resume().once('end', () => {
          this.cuts += 1;
          outgoing.destroy();
        });
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.once('error', () => outgoing.destroy());
    outgoing.once('close', () => onward.destroy());
    incoming.pipe(onward);
  }
}
