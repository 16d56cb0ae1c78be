import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { documentPath, requireOk, type CouchClient } from '../../src/server/couch/client';
import { remoteClient } from '../../src/server/couch/remote-client';
import { basicAuthorization } from '../../src/server/accounts/basic-credentials';
import { administratorName } from '../../src/server/provision/administrator';

/** The real server in its own process, so that its memory is its own. */
export interface LoadServer {
  url: string;
  client: CouchClient;
  /** Resident memory, bytes. */
  memory(): Promise<number>;
  /**
   * The longest time, ms, that its event loop was blocked, and its most memory, since the last request for
   * them.
   */
  pace(): Promise<{ longestStopMs: number; peakBytes: number }>;
  /** Basic credentials of a desk, made on first use. */
  desk(index: number): Promise<{ name: string; authorization: string }>;
  stop(): Promise<void>;
}

export const sectors = ['liikunta', 'kulttuuri'] as const;
export const adminPassword = 'load-test-only-31';
/** As long as a device's own, and as quick to check. */
const deskPassword = '5d'.repeat(32);

export async function startLoadServer(): Promise<LoadServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tiski-load-'));
  const child = fork(fileURLToPath(new URL('./load-server-process.ts', import.meta.url)), [folder], {
    execArgv: ['--import', 'tsx'],
  });
  const [url] = (await once(child, 'message')) as [string];
  const authorization = basicAuthorization(administratorName, adminPassword);
  const client = remoteClient({ origin: `${url}/couch`, authorization });
  const desks = new Map<number, Promise<{ name: string; authorization: string }>>();
  const addDesk = async (index: number) => {
    const name = `desk-${index}`;
    const roles = ['desk', 'venue:uimahalli', ...sectors.map((sector) => `sector:${sector}`)];
    const user = { type: 'user', name, roles, password: deskPassword };
    await requireOk(client, 'PUT', documentPath('_users', `org.couchdb.user:${name}`), user);
    return { name, authorization: basicAuthorization(name, deskPassword) };
  };
  return {
    url,
    client,
    memory: () => ask<number>(child, 'memory'),
    pace: () => ask(child, 'pace'),
    desk: (index) => {
      const desk = desks.get(index) ?? addDesk(index);
      desks.set(index, desk);
      return desk;
    },
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ask<T>(child: ChildProcess, what: 'memory' | 'pace'): Promise<T> {
  child.send(what);
  const [answer] = (await once(child, 'message')) as [T];
  return answer;
}
