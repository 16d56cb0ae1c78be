import type { Instant } from '$lib/domain/time/day';

/** What an account may do: rights belong to accounts, not to screens. */
export const accountRights = [
  'referrer',
  'receive',
  'decide',
  'self-approve',
  'hand-out',
  'office',
  'coordinator',
  'reports',
  'audit',
  'administrator',
] as const;
export type AccountRight = (typeof accountRights)[number];

/** By which right something was done; 'server' is what the server found by itself, and no account has it. */
export type ActingRight = AccountRight | 'server';

/** Who did something, and when. A state is the fold of what was logged; it is never stored itself. */
export interface Logged {
  /** The account's name. */
  by: string;
  /** The one right by which it was done. */
  role: ActingRight;
  /** The server's time. */
  at: Instant;
  /** The device's own time, if it was done on a device. */
  deviceAt?: Instant;
  organisation?: string;
  device?: string;
}

/** Who wants to do something. */
export interface Actor {
  account: string;
  rights: ReadonlySet<ActingRight>;
}

/** A rule's answer: yes, or why not. */
export type Permission<TReason extends string> = { ok: true } | { ok: false; reason: TReason };
