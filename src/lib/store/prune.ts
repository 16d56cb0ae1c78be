import { day, type Instant } from '$lib/domain/day';
import type { Service } from '$lib/domain/service';
import { readCatalogue, type Catalogue } from './catalogue';
import { readDeviceClock } from './clock';
import type { TiskiDatabase } from './database';
import { readSetting, writeSetting } from './settings';

/** S9: every visit stays this long after it was logged, days: a restored server gets it back from here. */
export const daysKept = 30;

/** Days for which a service's limit can still count a visit. */
function daysCounted(service: Service | undefined): number {
  // The service may come back into the catalogue: its visits wait for a year and a bit.
  if (!service) return 400;
  const { rule } = service;
  if (rule.kind === 'unlimited') return 0;
  switch (rule.per) {
    case 'day':
    case 'week':
      return 8;
    case 'month':
      return 32;
    case 'season':
      return 400;
    case 'validity':
      return Infinity;
  }
}

/** Whether a visit still matters on the device: to a server that lost it, or to a limit. */
export function isWorthKeeping(
  { services }: Catalogue,
  { service, at }: { service: string; at: Instant },
  now: Instant,
): boolean {
  const age = (now - at) / day;
  return age <= Math.max(daysKept, daysCounted(services.get(service)?.service));
}

/**
 * Once a day, forgets the visits that the server has and that don't matter here any more. By the corrected
 * clock (R13): a device that runs a year ahead would forget what a limit counts.
 */
export async function prune(db: TiskiDatabase, deviceNow: Instant): Promise<void> {
  const { now, isPlausible } = await readDeviceClock(db, deviceNow);
  const prunedAt = await readSetting(db, 'pruned-at');
  if (!isPlausible || (prunedAt !== undefined && Math.abs(now - prunedAt) < day)) return;
  const tables = [db.settings, db.catalogue, db.cursors, db.visits, db.voids, db.outbox];
  await db.transaction('rw', tables, async () => {
    const catalogue = await readCatalogue(db);
    const old = now - daysKept * day;
    const candidates = await db.visits
      .where('at')
      .below(old)
      .filter((visit) => !isWorthKeeping(catalogue, visit, now))
      .primaryKeys();
    const waiting = await db.outbox.bulkGet(candidates);
    const waitingVoids = await db.outbox.bulkGet(candidates.map((id) => `void:${id}`));
    await db.visits.bulkDelete(candidates.filter((_, index) => !waiting[index] && !waitingVoids[index]));

    const oldVoids = await db.voids.where('at').below(old).primaryKeys();
    const visits = await db.visits.bulkGet(oldVoids);
    await db.voids.bulkDelete(oldVoids.filter((_, index) => !visits[index]));
    await writeSetting(db, 'pruned-at', now);
  });
}
