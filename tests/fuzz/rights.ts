import type { RemoteDocument } from '../../src/lib/sync/ports';

/**
 * What the database's own validation lets an account write now: it refuses single documents of a batch (S4).
 */
export class Rights {
  /** Accounts that lost their venue: validate/visits.js requires it for visits and choices. */
  readonly withoutVenue = new Set<string>();
  /** Documents that a server does not understand yet, by id. */
  readonly tooNew = new Set<string>();

  reasonAgainst = ({ _id, type }: RemoteDocument, account: string): string | undefined => {
    if (this.tooNew.has(_id)) return 'v: must be 1.';
    const isOfVenue = type === 'visit' || type === 'choice';
    return isOfVenue && this.withoutVenue.has(account)
      ? 'This desk does not belong to that venue.'
      : undefined;
  };

  giveBack(): void {
    this.withoutVenue.clear();
    this.tooNew.clear();
  }
}
