import * as v from 'valibot';
import { registerDatabase } from '$lib/documents/databases';
import { requireOk, type CouchClient } from '../../src/server/couch/client';
import { remoteClient } from '../../src/server/couch/remote-client';
import { demoCardCount } from '../../src/server/demo/cards';
import { readEpoch } from '../../src/server/epochs/read-epoch';
import { makeSnapshot, packSnapshot, publishSnapshot } from '../../src/server/snapshot/make-snapshot';
import { RegisterPacker } from '../../src/server/snapshot/register-packer';
import type { TiskiServer } from '../setup/tiski-server';
import { benchCards } from './city';

const bulkAnswer = v.array(v.object({ error: v.optional(v.string()) }));
const databaseAnswer = v.object({
  update_seq: v.pipe(v.union([v.string(), v.number()]), v.transform(String)),
});

/** A running server's register, as its office fills it. */
export class BenchRegister {
  readonly #client: CouchClient;

  constructor(private readonly server: TiskiServer) {
    const authorization = authorizationFor(server);
    this.#client = remoteClient({ origin: `${server.url}/couch`, authorization });
  }

  /** Writes this many cards; existing ones stay. */
  async add(first: number, count: number): Promise<void> {
    const batch = 2_000;
    for (let done = 0; done < count; done += batch) {
      const docs = benchCards(first + done, Math.min(batch, count - done));
      const answer = await postAsAdministrator(this.server, `/couch/${registerDatabase}/_bulk_docs`, {
        docs,
      });
      const refused = v.parse(bulkAnswer, answer).filter(({ error }) => error && error !== 'conflict');
      if (refused.length > 0)
        throw new Error(`${refused.length} cards were not stored: ${refused[0]?.error}`);
    }
  }

  /** Packs the register as it is; returns the snapshot's bytes. */
  async pack(): Promise<number> {
    const made = await makeSnapshot(this.#client);
    if (made.kind !== 'made') throw new Error(`The register was not packed: ${made.kind}`);
    return made.bytes;
  }

  /**
   * Puts a snapshot of this many cards in place, without their documents: a million of them take an hour to
   * write.
   */
  async packWithoutDocuments(count: number): Promise<number> {
    const register = `/${registerDatabase}`;
    const epoch = await readEpoch(this.#client, registerDatabase);
    const { update_seq: seq } = v.parse(databaseAnswer, await requireOk(this.#client, 'GET', register));
    const packer = new RegisterPacker();
    const atOnce = 10_000;
    for (let first = 0; first < count; first += atOnce) {
      for (const card of benchCards(first, Math.min(atOnce, count - first))) packer.put({ ...card });
    }
    const made = await publishSnapshot(this.#client, await packSnapshot(packer, { epoch, seq }));
    if (made.kind !== 'made') throw new Error(`The cards were not packed: ${made.kind}`);
    return made.bytes;
  }
}

/** The demo city's register, grown to this many cards and packed; `cards` is not less than it has. */
export async function growRegister(server: TiskiServer, cards: number): Promise<void> {
  if (cards === demoCardCount) return;
  const register = new BenchRegister(server);
  // The demo city's numbers begin at two million.
  await register.add(0, cards - demoCardCount);
  await register.pack();
}

export async function postAsAdministrator(
  server: TiskiServer,
  address: string,
  body: unknown,
): Promise<unknown> {
  const response = await fetch(server.url + address, {
    method: 'POST',
    headers: { authorization: authorizationFor(server), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
  return response.json();
}

const authorizationFor = ({ adminPassword }: TiskiServer) =>
  `Basic ${Buffer.from(`administrator:${adminPassword}`).toString('base64')}`;
