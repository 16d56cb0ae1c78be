import { ulid } from 'ulid';
import type { ClockMark } from '$lib/domain/time/clock';
import type { Instant } from '$lib/domain/time/day';

/** Marks of the device's clock (R13) against `performance.now`, which nobody can set. Each page begins a session. */
export function clockMarks(): (deviceNow: Instant) => ClockMark {
  const session = ulid();
  return (deviceNow) => ({ session, offset: Math.round(deviceNow - performance.now()) });
}
