import type { CouchClient } from '../couch/client';
import { isDue, smallestPacked, snapshotAge } from '../snapshot/keep-snapshot';
import { makeSnapshot, type SnapshotResult } from '../snapshot/make-snapshot';
import { otherSnapshots, removeOtherSnapshots, type OtherSnapshot } from '../snapshot/other-snapshots';
import { importPlace, openRegister, type ImportOptions } from './import-place';
import { grouped, type LineOutput } from './import-report';
import { failureText } from './place-failure';

export interface SnapshotOptions extends ImportOptions {
  /** `--remove-others`. */
  removeOthers: boolean;
}

/**
 * `tiski snapshot`: packs the register for new desks, whether or not it is due, and lists the snapshots that
 * came by replication (S18).
 * @returns the exit code
 */
export async function runSnapshot(
  options: SnapshotOptions,
  environment: NodeJS.ProcessEnv,
  out: LineOutput,
): Promise<number> {
  const place = importPlace(options, environment);
  const opened = await openRegister(place);
  if (typeof opened === 'string') {
    out.write(`${opened}\n`);
    return 1;
  }
  try {
    const { client } = opened;
    out.write(`${snapshotSummary(await makeSnapshot(client))}\n`);
    const others = await (options.removeOthers ? removeOtherSnapshots(client) : otherSnapshots(client));
    if (others.length > 0) out.write(`${othersSummary(others, options.removeOthers)}\n`);
    return 0;
  } catch (error) {
    out.write(`${failureText(error, place, opened)}\n`);
    return 1;
  } finally {
    await opened.close();
  }
}

/** After an import: new desks need not wait for the server to notice. */
export async function packIfDue(client: CouchClient, out: LineOutput): Promise<void> {
  if (!isDue(await snapshotAge(client), smallestPacked)) return;
  out.write('Packing the register for new desks\n');
  out.write(`${snapshotSummary(await makeSnapshot(client))}\n`);
}

function othersSummary(others: readonly OtherSnapshot[], areRemoved: boolean): string {
  const kilobytes = grouped(Math.ceil(others.reduce((sum, { bytes }) => sum + bytes, 0) / 1000));
  return areRemoved
    ? `Deleted what other servers had packed: ${kilobytes} kB.`
    : `What other servers packed came by replication: ${kilobytes} kB. When that has ended, delete it with --remove-others.`;
}

function snapshotSummary(result: SnapshotResult): string {
  switch (result.kind) {
    case 'made':
      return `The register is packed: ${grouped(result.cards)} cards, ${grouped(Math.ceil(result.bytes / 1000))} kB to download.`;
    case 'unchanged':
      return 'The register is packed already, as it is.';
    case 'given-up':
      return 'Another process packed the register meanwhile.';
  }
}
