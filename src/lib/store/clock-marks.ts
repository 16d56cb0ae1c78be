import { ulid } from 'ulid';
import type { ClockMark } from '$lib/domain/time/clock';
import type { Instant } from '$lib/domain/time/day';

/**
 * Marks the offset of the device's clock (R13) from `performance.now`, which nobody can set. Each page is a
 * new session.
 */
export function clockMarks(): (deviceNow: Instant) => ClockMark {
  const session = ulid();
  return (deviceNow) => ({ session, offset: Math.round(deviceNow - performance.now()) });
}
