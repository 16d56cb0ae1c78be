import type { CouchClient, CouchReply } from '../../../src/server/couch/client';
import { busy } from '../../../src/server/couch/failure';
import type { Process, World } from '../world';
import { ClusterNode } from './cluster-node';
import { changeEverywhere } from './change-everywhere';
import { readOneCopy } from './one-copy';
import { openEverywhere } from './open-everywhere';
import type { Program } from './programs';
import { operationOf, type Operation } from './requests';
import { RevisionNames } from './revisions';

/** How often something goes wrong with a request while the weather is rough. */
const chances = { nodedown: 0.02, failed: 0.02, failedAfter: 0.02, unanswered: 0.04 };

const serverError: CouchReply = {
  status: 500,
  body: { error: 'internal_server_error', reason: 'No DB shards' },
};

/**
 * A CouchDB cluster of three nodes as Tiski's server sees it: what CouchDB 3.5's `fabric` does with the
 * server's requests. Every node has a copy of everything. A change goes to all nodes that are up, one by one;
 * with two equal answers it is 201, with one 202, even if the others have met a conflict. A document is
 * opened on two copies, and repaired if they differ. Lists and feeds are read from one copy, however old.
 * `_local` documents are never replicated.
 */
export class FakeCluster {
  readonly nodes: readonly ClusterNode[];
  isRough = false;
  /** Answers of 202 so far: a run without any has shown little. */
  accepted = 0;
  readonly #catchingUp = new Set<string>();

  constructor(readonly world: World) {
    const names = new RevisionNames(world.random);
    this.nodes = ['n1', 'n2', 'n3'].map((name) => new ClusterNode(name, names));
  }

  get up(): ClusterNode[] {
    return this.nodes.filter(({ isUp }) => isUp);
  }

  /** A server process's view of it: like `CouchNodes`, it rejects only with 503, and only repeats reads. */
  client(process: Process, program: () => Program): CouchClient {
    return {
      request: (method, path, body) => {
        const asker = program();
        asker.waits += 1;
        // Through text and back, so that what is stored shares nothing with the caller's objects.
        const sent = body === undefined ? undefined : (JSON.parse(JSON.stringify(body)) as unknown);
        const what = `${method} ${path.split('?')[0]}`;
        return new Promise<CouchReply>((resolve, reject) => {
          const tell = (reply: CouchReply | undefined) => {
            if (reply?.status === 202) this.accepted += 1;
            this.world.later(
              () => `is told ${reply?.status ?? 'nothing'}: ${what}`,
              process,
              () => {
                asker.waits -= 1;
                if (reply) resolve(JSON.parse(JSON.stringify(reply)) as CouchReply);
                else reject(busy('The database server does not answer. Try later.'));
              },
            );
          };
          this.world.later(
            () => `asks ${what}`,
            process,
            () => this.#take(operationOf(method, path, sent), tell),
          );
        });
      },
    };
  }

  #take(operation: Operation, tell: (reply: CouchReply | undefined) => void, attempt = 1): void {
    const { up, world } = this;
    if (up.length === 0 || this.#happens(chances.nodedown)) return tell(undefined);
    if (this.#happens(chances.failed)) return tell(serverError);
    const asked = world.random.pick(up);
    const { life } = asked;
    const answer = (reply: CouchReply) => {
      const isLost = !asked.isUp || asked.life !== life || this.#happens(chances.unanswered);
      if (!isLost) return tell(this.#happens(chances.failedAfter) ? serverError : reply);
      const isRead = operation.kind !== 'change' && !operation.kind.includes('-database');
      if (isRead && attempt < 3) this.#take(operation, tell, attempt + 1);
      else tell(undefined);
    };
    switch (operation.kind) {
      case 'change':
        return changeEverywhere(this, operation, answer);
      case 'open':
        return openEverywhere(this, operation, answer);
      default:
        return answer(readOneCopy(this, asked, operation));
    }
  }

  #happens = (chance: number): boolean => this.isRough && this.world.random.next() < chance;

  /** Sooner or later every node reads what the others have, including changes that led to a conflict. */
  catchUpLater(): void {
    for (const node of this.nodes) for (const other of this.nodes) this.#catchUpLater(node, other);
  }

  #catchUpLater(node: ClusterNode, other: ClusterNode): void {
    const key = `${node.name} ${other.name}`;
    const mayNot = node === other || !node.isUp || !other.isUp || !node.isBehind(other);
    if (mayNot || this.#catchingUp.has(key)) return;
    this.#catchingUp.add(key);
    this.world.later(
      () => `${node.name} catches up with ${other.name}`,
      undefined,
      () => {
        this.#catchingUp.delete(key);
        if (!node.isUp || !other.isUp) return;
        if (node.catchUpWith(other)) this.catchUpLater();
      },
    );
  }

  stop(node: ClusterNode): void {
    node.isUp = false;
    node.life += 1;
  }

  start(node: ClusterNode): void {
    node.isUp = true;
    this.catchUpLater();
  }

  /** A new machine in its place: the others fill it, except for what is `_local`. */
  replace(node: ClusterNode): void {
    node.replace();
    for (const other of this.nodes) other.forgetReading(node);
    this.start(node);
  }

  get isWhole(): boolean {
    return this.nodes.every(
      (node) => node.isUp && this.nodes.every((other) => node === other || !node.isBehind(other)),
    );
  }
}
