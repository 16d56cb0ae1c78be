import * as v from 'valibot';
import { registerDatabase } from '$lib/documents/databases';
import { snapshotId, snapshotManifest } from '$lib/documents/register/packed/snapshot-document';
import { documentPath, requireOk, type CouchClient } from '../couch/client';
import { readEpoch } from '../epochs/read-epoch';
import { unshared, type Lease } from '../lease/lease';
import { makeSnapshot } from './make-snapshot';

export interface SnapshotSettings {
  /** Time between two checks of the register, ms. */
  lookEveryMs?: number;
  /** A register with fewer documents loads fast enough page by page. */
  smallest?: number;
}

/**
 * A desk has these in addition to its snapshot, a row each: beyond this number a new snapshot is worth
 * making.
 */
const overlay = { share: 0.05, least: 2_000 } as const;

/** More changes than this between two checks mean that an import is running: wait for its end. */
const busyAbove = 1_000;

/**
 * The register's state relative to its snapshot: documents in total, and changes that the snapshot doesn't
 * have.
 */
export interface SnapshotAge {
  documents: number;
  changes: number;
}

const databaseAnswer = v.object({ doc_count: v.number() });
const countAnswer = v.object({ results: v.array(v.unknown()), pending: v.optional(v.number()) });

export async function snapshotAge(client: CouchClient): Promise<SnapshotAge> {
  const info = v.parse(databaseAnswer, await requireOk(client, 'GET', `/${registerDatabase}`));
  const path = documentPath(registerDatabase, snapshotId(await readEpoch(client, registerDatabase)));
  const { body } = await client.request('GET', path);
  const manifest = v.safeParse(snapshotManifest, body);
  const since = manifest.success ? manifest.output.seq : '0';
  const query = new URLSearchParams({ since, limit: '1' });
  const later = await requireOk(client, 'GET', `/${registerDatabase}/_changes?${query}`);
  const { results, pending = 0 } = v.parse(countAnswer, later);
  return { documents: info.doc_count, changes: results.length + pending };
}

export function isDue({ documents, changes }: SnapshotAge, smallest: number): boolean {
  return documents >= smallest && changes >= Math.max(overlay.least, documents * overlay.share);
}

export const smallestPacked = 2_000;

export interface SnapshotKeeper {
  /** The result of the last check. */
  age(): SnapshotAge | undefined;
  stop(): Promise<void>;
}

/**
 * Checks the register at once and then every minute, and makes a new snapshot when one is due and no import
 * is running. One at a time; of several servers the one with the lease. Two that pack at once would do no
 * harm: the second finds the first one's document and gives up.
 */
export function keepSnapshot(
  client: CouchClient,
  { lookEveryMs = 60_000, smallest = smallestPacked }: SnapshotSettings,
  onFault: (error: unknown) => void,
  lease: Lease = unshared,
): SnapshotKeeper {
  const stopping = new AbortController();
  let last: SnapshotAge | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const look = async () => {
    try {
      const age = await snapshotAge(client);
      const isBusy = last !== undefined && age.changes - last.changes > busyAbove;
      last = age;
      if (lease.isHeld() && isDue(age, smallest) && !isBusy) await makeSnapshot(client, stopping.signal);
    } catch (error) {
      // A CouchDB that does not answer now may do so at the next check.
      if (!stopping.signal.aborted) onFault(error);
    }
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => (looking = look()), lookEveryMs).unref();
  };
  let looking = look();

  return {
    age: () => last,
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await looking;
    },
  };
}
