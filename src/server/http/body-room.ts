/** Who sends a body; the account only if it was checked. */
export interface Sender {
  address: string;
  account: string | undefined;
}

/** A body in transit and the room it takes. */
export interface Hold {
  /** Whether a body of this many bytes would fit at the moment. */
  hasRoomFor(bytes: number): boolean;
  /** Takes room for what has arrived; false if there is none. */
  grow(bytes: number): boolean;
  /** The body is finished. */
  leave(): void;
}

interface Share {
  bytes: number;
  bodies: number;
}

/**
 * Room for the bodies of all current requests. Two bodies of maximum length fit at a time; one address gets
 * half of that at most, and one account a quarter, unless it is its only body. Anonymous bodies, which are
 * small, have half as much again, so that a working counter is not held up by one that comes back.
 */
export class BodyRoom {
  readonly #byAddress = new Map<string, Share>();
  readonly #byAccount = new Map<string, Share>();
  readonly #all: Share = { bytes: 0, bodies: 0 };

  /** @param longest bytes of the longest body */
  constructor(private readonly longest: number) {}

  /** Bytes that are taken. */
  get taken(): number {
    return this.#all.bytes;
  }

  enter({ address, account }: Sender): Hold {
    const isSmall = account === undefined;
    const ofAddress = shareOf(this.#byAddress, address);
    const ofAccount = account === undefined ? undefined : shareOf(this.#byAccount, account);
    const shares = [this.#all, ofAddress, ...(ofAccount === undefined ? [] : [ofAccount])];
    for (const share of shares) share.bodies += 1;
    let own = 0;
    let isHere = true;
    const fits = (bytes: number) => {
      const extra = isSmall ? this.longest / 2 : 0;
      if (this.#all.bytes + bytes > 2 * this.longest + extra) return false;
      if (ofAddress.bytes + bytes > this.longest + extra) return false;
      return ofAccount === undefined || ofAccount.bodies === 1 || ofAccount.bytes + bytes <= this.longest / 2;
    };
    return {
      hasRoomFor: (bytes) => fits(bytes - own),
      grow: (bytes) => {
        if (!isHere || !fits(bytes)) return false;
        own += bytes;
        for (const share of shares) share.bytes += bytes;
        return true;
      },
      leave: () => {
        if (!isHere) return;
        isHere = false;
        for (const share of shares) {
          share.bytes -= own;
          share.bodies -= 1;
        }
        if (ofAddress.bodies === 0) this.#byAddress.delete(address);
        if (account !== undefined && ofAccount?.bodies === 0) this.#byAccount.delete(account);
      },
    };
  }
}

function shareOf(shares: Map<string, Share>, key: string): Share {
  const share = shares.get(key) ?? { bytes: 0, bodies: 0 };
  shares.set(key, share);
  return share;
}
