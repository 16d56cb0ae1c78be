import { readClock, type ClockReading } from '$lib/domain/clock';
import type { Instant } from '$lib/domain/day';
import type { TiskiDatabase } from './database';
import { readSetting, writeSetting } from './settings';

/** R13: the device's clock, corrected by what was learned at the last contact. */
export function readDeviceClock(db: TiskiDatabase, deviceNow: Instant): Promise<ClockReading> {
  return readSetting(db, 'clock').then((known) => readClock(deviceNow, { ...known, builtAt: db.builtAt }));
}

/** Contacts closer than this are not written again, ms: a write to disk a minute is enough. */
const contactSpacing = 30_000;

/** Notes a contact: `skewMs` is server time minus device time, `serverNow` the server's time. */
export async function noteContact(db: TiskiDatabase, skewMs: number, serverNow: Instant): Promise<void> {
  await db.transaction('rw', db.settings, async () => {
    const known = await readSetting(db, 'clock');
    const isNews =
      !known ||
      Math.abs(known.skewMs - skewMs) > 1_500 ||
      Math.abs(serverNow - known.lastContact) >= contactSpacing;
    if (isNews) await writeSetting(db, 'clock', { skewMs, lastContact: serverNow });
  });
}
