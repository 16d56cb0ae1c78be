import type { Instant } from '$lib/domain/time/day';
import type { KioskSetting } from '$lib/store/settings';

/** What a kiosk remembers about wrong PINs: it outlives the dialog, a reload and a restart. */
export type PinTries = Pick<KioskSetting, 'wrongTries' | 'lockedUntil'>;

const triesBeforeWait = 5;
const waitMs = 30_000;

/** Slows down anyone who guesses the PIN: a pause after every five wrong tries. */
export function afterWrongTry({ wrongTries = 0 }: PinTries, now: Instant): PinTries {
  const tries = wrongTries + 1;
  return { wrongTries: tries, ...(tries % triesBeforeWait === 0 && { lockedUntil: now + waitMs }) };
}

/**
 * Time until the next try, 0 if it is allowed now; never more than the pause, even if the clock was set back.
 */
export function secondsToWait({ lockedUntil = 0 }: PinTries, now: Instant): number {
  return Math.ceil(Math.min(Math.max(lockedUntil - now, 0), waitMs) / 1000);
}
