import type { SnapshotManifest } from '../src/lib/documents/register/packed/snapshot-document';
import { packSnapshot } from '../src/server/snapshot/make-snapshot';
import { RegisterPacker } from '../src/server/snapshot/register-packer';

/** A snapshot as a server has it. */
export interface APackedRegister {
  manifest: SnapshotManifest;
  /** Compressed, by name. */
  parts: Map<string, Uint8Array<ArrayBuffer>>;
}

/** Documents packed as the server packs its register. `partSize`: bytes before gzip. */
export async function aPackedRegister(
  documents: readonly { _id: string }[],
  {
    epoch = 'epoch-1',
    seq = '0',
    partSize,
    deleted = [],
  }: { epoch?: string; seq?: string; partSize?: number | undefined; deleted?: readonly string[] },
): Promise<APackedRegister> {
  const packer = new RegisterPacker();
  for (const document of documents) packer.put({ ...document });
  for (const id of deleted) packer.remove(id);
  const { manifest, parts } = await packSnapshot(packer, { epoch, seq, partSize });
  return { manifest, parts: new Map(parts.map(({ name, bytes }) => [name, bytes])) };
}
