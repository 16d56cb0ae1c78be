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

export interface OutboxRefusal {
  id: string;
  status: number;
  reason: string;
}

/** S4: kept, counted and listed, and not sent again. */
export async function refuse(
  db: TiskiDatabase,
  refusals: readonly OutboxRefusal[],
  at: Instant,
): Promise<void> {
  await db.transaction('rw', db.outbox, async () => {
    for (const { id, status, reason } of refusals) {
      await db.outbox.update(id, { state: 'refused', refusal: { status, reason, at } });
    }
  });
}

/** S13: rounds in which the server may fail on one document before that is the document's fault. */
const mostSuspicions = 5;

/** S13: notes that the server failed on documents that were alone in their request. */
export async function suspect(
  db: TiskiDatabase,
  suspects: readonly OutboxRefusal[],
  at: Instant,
): Promise<void> {
  await db.transaction('rw', db.outbox, async () => {
    for (const each of suspects) {
      const suspicions = ((await db.outbox.get(each.id))?.suspicions ?? 0) + 1;
      await db.outbox.update(each.id, { suspicions });
      if (suspicions >= mostSuspicions) await refuse(db, [each], at);
    }
  });
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
