import { readClock, type ClockReading, type Contact } from '$lib/domain/time/clock';
import { isSteady, type Stamp } from '$lib/domain/time/confirm-time';
import type { Instant } from '$lib/domain/time/day';
import type { TiskiDatabase } from './database';
import { readSetting, writeSetting } from './settings';

/** R13: the device's clock, corrected by what was learned at the last contact. */
export function readDeviceClock(db: TiskiDatabase, deviceNow: Instant): Promise<ClockReading> {
  return readSetting(db, 'clock').then((known) => readClock(deviceNow, { ...known, builtAt: db.builtAt }));
}

/** R13: the clock facts for a document made now. */
export async function readStamp(db: TiskiDatabase, deviceNow: Instant): Promise<Stamp> {
  const clock = await readSetting(db, 'clock');
  const earliest = Math.max(db.builtAt, clock?.lastContact ?? 0);
  const stamp = { deviceAt: deviceNow, mark: db.clockMark(deviceNow), earliest };
  if (!clock) return stamp;
  const { skewMs, mark } = clock;
  return { ...stamp, known: { skewMs, ...(mark && { mark }) } };
}

/** Contacts closer together than this are not written again, ms: one disk write a minute is enough. */
const contactSpacing = 30_000;

/** Records a contact. */
export async function noteContact(db: TiskiDatabase, { skewMs, serverNow, mark }: Contact): Promise<void> {
  await db.transaction('rw', db.settings, async () => {
    const known = await readSetting(db, 'clock');
    const isNews =
      !known ||
      Math.abs(known.skewMs - skewMs) > 1_500 ||
      Math.abs(serverNow - known.lastContact) >= contactSpacing ||
      (mark !== undefined && !isSteady(known.mark, mark));
    if (isNews) await writeSetting(db, 'clock', { skewMs, lastContact: serverNow, ...(mark && { mark }) });
  });
}
