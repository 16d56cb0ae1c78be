import type { ClockMark, ClockReading, Contact } from '../../src/lib/domain/time/clock';
import type { Stamp } from '../../src/lib/domain/time/confirm-time';
import type { Instant } from '../../src/lib/domain/time/day';
import { builtAt, steadyMark } from '../paired-database';
import { corrected, isSteady, tolerated } from './dating';

/** R13: the device's clock, and what the last contact told of it. */
export class MemoryClock {
  #contact: Contact = { skewMs: 0, serverNow: builtAt, mark: steadyMark };

  constructor(
    private readonly now: () => Instant,
    private readonly mark: () => ClockMark,
  ) {}

  noteContact(contact: Contact): void {
    const { skewMs, serverNow, mark } = this.#contact;
    const isNews =
      Math.abs(skewMs - contact.skewMs) > 1_500 ||
      Math.abs(contact.serverNow - serverNow) >= 30_000 ||
      (contact.mark !== undefined && !isSteady(mark, contact.mark));
    if (isNews) this.#contact = contact;
  }

  read = (): Pick<ClockReading, 'now' | 'isPlausible'> => {
    const { skewMs, serverNow } = this.#contact;
    const now = corrected(this.now(), skewMs);
    return { now, isPlausible: now >= Math.max(builtAt, serverNow) - tolerated };
  };

  stamp(): Stamp {
    const { skewMs, serverNow, mark } = this.#contact;
    const known = { skewMs, ...(mark && { mark }) };
    return { deviceAt: this.now(), mark: this.mark(), earliest: Math.max(builtAt, serverNow), known };
  }

  /** As a page is marked with: nobody asks whether it can be right. */
  corrected = (): Instant => this.now() + this.#contact.skewMs;
}
