import type { VisitDocument, VoidDocument } from '$lib/documents/visit-documents';
import type { Instant } from '$lib/domain/day';
import type { OutboxRow, TiskiDatabase } from './database';
import { readSetting } from './settings';

export function waitingCount(db: TiskiDatabase): Promise<number> {
  return db.outbox.where('state').equals('waiting').count();
}

/** When the longest waiting document was made; undefined when nothing waits. */
export async function oldestWaiting(db: TiskiDatabase): Promise<Instant | undefined> {
  const rows = await db.outbox.where('state').equals('waiting').toArray();
  return rows.length > 0 ? Math.min(...rows.map(({ at }) => at)) : undefined;
}

/** S4: what the server would not take, with its reasons, the newest first. */
export async function listRefused(db: TiskiDatabase): Promise<OutboxRow[]> {
  return db.outbox.where('state').equals('refused').reverse().sortBy('at');
}

/** S16: everything that the server does not have, as one JSON-able value. */
export interface OutboxExport {
  type: 'tiski-outbox';
  v: 1;
  /** The desk's account name, where the device is paired. */
  desk?: string;
  exportedAt: string;
  entries: {
    database: string;
    state: OutboxRow['state'];
    refusal?: { status: number; reason: string; at: string };
    document: VisitDocument | VoidDocument;
  }[];
}

export function exportOutbox(db: TiskiDatabase, deviceNow: Instant): Promise<OutboxExport> {
  return db.transaction('r', db.settings, db.outbox, async () => {
    const device = await readSetting(db, 'device');
    const rows = await db.outbox.toCollection().sortBy('at');
    return {
      type: 'tiski-outbox',
      v: 1,
      ...(device && { desk: device.account.name }),
      exportedAt: new Date(deviceNow).toISOString(),
      entries: rows.map(({ database, state, refusal, document }) => ({
        database,
        state,
        ...(refusal && { refusal: { ...refusal, at: new Date(refusal.at).toISOString() } }),
        document,
      })),
    };
  });
}
