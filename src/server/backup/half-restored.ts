import type { CouchClient } from '../couch/client';
import { readLocalState } from '../desks/local-state';

/** Exists while a restore is in progress, and after one that was cut off. */
export const restoringNote = 'restoring';

/** A store with only part of a backup: a server over it would tell desks that the rest is gone. */
export class HalfRestored extends Error {
  constructor() {
    super(
      'the store has a part of a backup only: a restore was cut off. Repeat it with tiski restore FILE --replace.',
    );
    this.name = 'HalfRestored';
  }
}

/** @throws {HalfRestored} */
export async function requireWhole(client: CouchClient): Promise<void> {
  if ((await readLocalState(client, restoringNote)) !== undefined) throw new HalfRestored();
}
