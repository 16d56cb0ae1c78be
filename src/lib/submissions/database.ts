import Dexie, { type EntityTable } from 'dexie';
import type { Kind } from '$lib/documents/submissions/kinds';
import type { SentSubmission, SubmissionKey } from '$lib/documents/submissions/submission';
import type { Instant } from '$lib/domain/time/day';
import type { SendingState } from './sending-state';

/** Something submitted on this device, in the form in which it is sent: sealed, if it is about a person. */
export interface SubmissionRow {
  id: string;
  kind: Kind;
  at: Instant;
  /** `sent`: the server has it, and the device keeps it in case the server loses it (S22). */
  state: 'waiting' | 'refused' | 'sent';
  submission: SentSubmission;
  /** Why the server refused it. */
  refusal?: { status: number; reason: string; at: Instant };
  /** S13: how often the server failed on it alone. */
  suspicions?: number;
  /** When the server said that it has it, by the device's clock. */
  sentAt?: Instant;
}

/** What the device knows besides. */
export interface Facts {
  /** The office's newest public key, once the device was online. */
  key: SubmissionKey;
  /** S22: the server's copy that acknowledged what is `sent`. */
  epoch: string;
  /** S22: when the server was last asked whether it has what is `sent`, by kind. */
  checked: Partial<Record<string, Instant>>;
  /** What every tab shows. */
  sending: SendingState;
}
interface FactRow {
  name: keyof Facts;
  value: Facts[keyof Facts];
}

/** What a device has submitted, apart from anything of a desk: a referrer's laptop is none. */
export class SubmissionsDatabase extends Dexie {
  readonly submissions!: EntityTable<SubmissionRow, 'id'>;
  readonly facts!: EntityTable<FactRow, 'name'>;

  constructor(name = 'tiski-submissions') {
    // S20: what is said to be saved survives a power cut.
    super(name, { chromeTransactionDurability: 'strict' });
    this.version(1).stores({ submissions: '&id, state, [kind+state]', facts: '&name' });
  }
}

export async function readFact<Name extends keyof Facts>(
  db: SubmissionsDatabase,
  name: Name,
): Promise<Facts[Name] | undefined> {
  return (await db.facts.get(name))?.value as Facts[Name] | undefined;
}

export async function writeFact<Name extends keyof Facts>(
  db: SubmissionsDatabase,
  name: Name,
  value: Facts[Name],
): Promise<void> {
  await db.facts.put({ name, value });
}
