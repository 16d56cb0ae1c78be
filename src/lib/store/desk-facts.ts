import { mostRanges, type DeskReport, type NumberRange } from '$lib/documents/fleet/desk-report';
import type { Instant } from '$lib/domain/time/day';
import { readAcknowledgedChecks } from './acknowledged-log';
import { readDeviceClock } from './clock';
import type { OutboxRow, TiskiDatabase } from './database';
import { registerAsOf } from './register';
import { readSetting } from './settings';

/** The part of a report (S15) that comes from the device's database. */
export type DeskFacts = Omit<DeskReport, 'version' | 'storage' | 'isPersistent' | 'problem'>;

/** S15: how this desk is. Undefined if the device is not a desk. */
export async function readDeskFacts(db: TiskiDatabase, deviceNow: Instant): Promise<DeskFacts | undefined> {
  const tables = [db.settings, db.outbox, db.quarantine, db.cursors];
  return db.transaction('r', tables, async () => {
    const device = await readSetting(db, 'device');
    if (!device) return undefined;
    const { now } = await readDeviceClock(db, deviceNow);
    const clock = await readSetting(db, 'clock');
    const chain = await readSetting(db, 'chain');
    const asOf = await registerAsOf(db);
    const outbox = await db.outbox.toArray();
    const waiting = outbox.filter(({ state }) => state !== 'refused');
    const checks = (await readAcknowledgedChecks(db)).map(({ at }) => at);
    return {
      v: 1,
      at: iso(now),
      ...(asOf !== undefined && { registerAsOf: iso(asOf) }),
      waiting: waiting.length,
      ...(waiting.length > 0 && { waitingSince: iso(Math.min(...waiting.map(({ at }) => at))) }),
      refused: outbox.length - waiting.length,
      quarantined: await db.quarantine.count(),
      ...(clock && { clockSkewMs: Math.round(clock.skewMs) }),
      lastNumber: chain?.account === device.account.name ? chain.number : 0,
      unsent: unsentRanges(outbox),
      ...(checks.length > 0 && { checkedAt: iso(Math.min(...checks)) }),
    };
  });
}

const iso = (at: Instant) => new Date(at).toISOString();

/** Numbers of the visits in the outbox, neighbours merged into ranges. */
function unsentRanges(outbox: readonly OutboxRow[]): NumberRange[] {
  const visits = outbox
    .flatMap(({ document }) => (document.type === 'visit' ? [document] : []))
    .sort((a, b) => (a.desk === b.desk ? a.number - b.number : a.desk < b.desk ? -1 : 1));
  const ranges: NumberRange[] = [];
  for (const { desk: account, number } of visits) {
    const last = ranges.at(-1);
    if (last?.account === account && number <= last.to + 1) last.to = number;
    else ranges.push({ account, from: number, to: number });
  }
  return ranges.slice(0, mostRanges);
}
