import type { Account } from './account';

/** The accounts with which people and desks sign in. */
export interface AccountSource {
  /** The account, possibly from the cache; undefined if nobody can sign in by that name. */
  account(name: string): Promise<Account | undefined>;
  /** Read now, bypassing the cache: before a password is called wrong. */
  reread(name: string): Promise<Account | undefined>;
  /**
   * Calls back when an account has changed; without a name any may have. Returns a function that stops it.
   */
  onChange(listener: (name?: string) => void): () => void;
}
