import { liveQuery } from 'dexie';
import { kinds, type Kind } from '$lib/documents/submissions/kinds';
import { longestBatch } from '$lib/documents/submissions/submission';
import { day } from '$lib/domain/time/day';
import type { SubmissionsLook } from '$lib/remote/submissions-api';
import type { LocalStore, Refusal } from '$lib/sync/ports';
import type { Outbox } from '$lib/sync/push-documents';
import { readFact, writeFact, type SubmissionRow, type SubmissionsDatabase } from './database';

/** S22: how long the device keeps what the server has acknowledged. */
export const daysKeptSent = 14;

/** S13: after this many rounds in which the server fails on one submission, that one is to blame. */
const mostSuspicions = 5;

/** The device's side of sending: the desk's ports, with a kind for a database. */
export interface SubmissionsOutbox
  extends Outbox, Pick<LocalStore, 'isCheckDue' | 'acknowledged' | 'endCheck' | 'prune' | 'onWaiting'> {
  /** The office's key, and the server's copy: to another one everything kept is offered again (S22). */
  learn(look: SubmissionsLook): Promise<void>;
}

const waits = ({ id, kind, at, submission }: SubmissionRow): SubmissionRow => ({
  ...{ id, kind, at, submission },
  state: 'waiting',
});

/** Every method is one transaction. @param now the device's clock */
export function createOutbox(db: SubmissionsDatabase, now: () => number): SubmissionsOutbox {
  const rowsOf = (kind: string, state: SubmissionRow['state']) =>
    db.submissions.where('[kind+state]').equals([kind, state]);
  const change = <T>(work: () => Promise<T>) => db.transaction('rw', db.submissions, db.facts, work);
  const refuseOne = ({ id, status, reason }: Refusal) =>
    db.submissions.update(id, { state: 'refused', refusal: { status, reason, at: now() } });

  return {
    databases: () => Promise.resolve([...kinds]),
    async cursor() {
      const epoch = await readFact(db, 'epoch');
      return epoch === undefined ? undefined : { epoch, seq: '', isComplete: true };
    },
    async waiting(kind, limit) {
      const batch: SubmissionRow['submission'][] = [];
      let bytes = 0;
      await rowsOf(kind, 'waiting')
        .limit(limit)
        .until(({ submission }) => {
          bytes += JSON.stringify(submission).length;
          return batch.length > 0 && bytes > longestBatch;
        })
        .each(({ submission }) => void batch.push(submission));
      return batch.map((submission) => ({ _id: submission.id, ...submission }));
    },
    acknowledge: (_kind, ids, epoch) =>
      change(async () => {
        if ((await readFact(db, 'epoch')) !== epoch) return;
        const rows = (await db.submissions.bulkGet([...ids])).flatMap((row) => row ?? []);
        await db.submissions.bulkPut(rows.map((row) => ({ ...waits(row), state: 'sent', sentAt: now() })));
      }),
    refuse: (refusals) =>
      change(async () => {
        for (const refusal of refusals) await refuseOne(refusal);
      }),
    suspect: (suspects) =>
      change(async () => {
        for (const each of suspects) {
          const suspicions = ((await db.submissions.get(each.id))?.suspicions ?? 0) + 1;
          await db.submissions.update(each.id, { suspicions });
          if (suspicions >= mostSuspicions) await refuseOne(each);
        }
      }),
    learn: ({ epoch, key }) =>
      change(async () => {
        if (key) await writeFact(db, 'key', key);
        const known = await readFact(db, 'epoch');
        if (known === epoch) return;
        await writeFact(db, 'epoch', epoch);
        if (known === undefined) return;
        const mayHaveChanged = (row: SubmissionRow) => row.state === 'sent' || row.refusal?.status === 409;
        await db.submissions.bulkPut((await db.submissions.filter(mayHaveChanged).toArray()).map(waits));
      }),
    async isCheckDue(kind) {
      const at = (await readFact(db, 'checked'))?.[kind];
      return at === undefined || Math.abs(now() - at) >= day;
    },
    acknowledged: async (kind) => (await rowsOf(kind, 'sent').primaryKeys()).reverse(),
    endCheck: (kind, { missing }) =>
      change(async () => {
        await writeFact(db, 'checked', { ...(await readFact(db, 'checked')), [kind]: now() });
        const rows = await db.submissions.bulkGet([...missing]);
        const lost = rows.flatMap((row) => (row?.state === 'sent' ? [waits(row)] : []));
        await db.submissions.bulkPut(lost);
        return lost.length;
      }),
    async prune() {
      const isOver = ({ sentAt = 0 }: SubmissionRow) => Math.abs(now() - sentAt) > daysKeptSent * day;
      await db.submissions.where('state').equals('sent').filter(isOver).delete();
    },
    onWaiting(listener) {
      let before = Infinity;
      const { unsubscribe } = liveQuery(() =>
        db.submissions.where('state').equals('waiting').count(),
      ).subscribe({
        next(count) {
          if (count > before) listener();
          before = count;
        },
        // The database is gone, and the page with it.
        error: () => undefined,
      });
      return () => unsubscribe();
    },
  };
}

/** S4: somebody has put the server or the rights in order: it waits again. */
export async function tryAgain(db: SubmissionsDatabase, id: string): Promise<void> {
  await db.transaction('rw', db.submissions, async () => {
    const row = await db.submissions.get(id);
    if (row?.state === 'refused') await db.submissions.put(waits(row));
  });
}

/** Whoever reads why it was refused may give it up: it can't be opened or changed here. */
export async function discardRefused(db: SubmissionsDatabase, id: string): Promise<void> {
  await db.transaction('rw', db.submissions, async () => {
    if ((await db.submissions.get(id))?.state === 'refused') await db.submissions.delete(id);
  });
}

/** How many of each kind wait to be sent; kinds of which none waits are left out. */
export async function countWaiting(db: SubmissionsDatabase): Promise<Map<Kind, number>> {
  const counts = new Map<Kind, number>();
  const rows = await db.submissions.where('state').equals('waiting').toArray();
  for (const { kind } of rows) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** What the server refused, with its reasons, the newest first. */
export const listRefused = (db: SubmissionsDatabase): Promise<SubmissionRow[]> =>
  db.submissions.where('state').equals('refused').reverse().sortBy('at');
