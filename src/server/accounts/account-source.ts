import type { Account } from './account';

/** Where the accounts are that people and desks sign in with. */
export interface AccountSource {
  /** As it is, or was when it last changed; undefined where nobody can sign in by that name. */
  account(name: string): Promise<Account | undefined>;
  /** Read now, whatever is remembered: before a password is called wrong. */
  reread(name: string): Promise<Account | undefined>;
  /** Calls back when an account has changed; without a name any may have. Gives the stop. */
  onChange(listener: (name?: string) => void): () => void;
}
