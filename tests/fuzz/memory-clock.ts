import { readClock, type ClockReading } from '../../src/lib/domain/clock';
import type { Instant } from '../../src/lib/domain/day';
import { builtAt } from '../paired-database';

/** R13: the device's clock, and what the last contact told of it. */
export class MemoryClock {
  #contact: { skewMs: number; lastContact: Instant } | undefined;

  constructor(private readonly now: () => Instant) {}

  noteContact(skewMs: number, serverNow: Instant): void {
    const known = this.#contact;
    const isNews =
      !known || Math.abs(known.skewMs - skewMs) > 1_500 || Math.abs(serverNow - known.lastContact) >= 30_000;
    if (isNews) this.#contact = { skewMs, lastContact: serverNow };
  }

  read = (): ClockReading => readClock(this.now(), { ...this.#contact, builtAt });

  /** As a page is marked with: nobody asks whether it can be right. */
  corrected = (): Instant => this.now() + (this.#contact?.skewMs ?? 0);
}
