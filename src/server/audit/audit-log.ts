import { createHash } from 'node:crypto';
import * as v from 'valibot';
import {
  auditFacts,
  entryDocument,
  entryId,
  entryNumber,
  hashedText,
  type AuditFacts,
  type EntryDocument,
} from '$lib/documents/audit/entry-document';
import { auditDatabase } from '$lib/documents/databases';
import type { CouchClient } from '../couch/client';
import { storeAlone } from '../couch/store-alone';
import { readRows } from '../documents/read-documents';

/** The last entry: its number, and its hash. */
export interface Head {
  number: number;
  hash: string;
}

/** Before the first entry. */
export const noEntry: Head = { number: 0, hash: '' };

/** How often another server process may be faster in a row. */
const mostTries = 100;

/** Logs something; resolves when it is stored. */
export type LogAction = (facts: AuditFacts) => Promise<void>;

/**
 * The audit log: entries numbered without a gap, each with the hash of the one before. Several server
 * processes write one chain, because an entry's number is its id: whoever comes second takes the next one.
 */
export class AuditLog {
  #head: Head | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: CouchClient,
    private readonly now: () => Date,
  ) {}

  /**
   * Stores an entry, one after another.
   * @throws if it can't be stored: then what it is about must not be done, or answered
   */
  readonly log: LogAction = (facts) => {
    const logged = this.#turn.then(() => this.#append(v.parse(auditFacts, facts)));
    this.#turn = logged.catch(() => undefined);
    return logged;
  };

  async #append(facts: AuditFacts): Promise<void> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const head = (this.#head ??= await readHead(this.client));
      const entry = entryAfter(head, facts, this.now());
      const stored = await storeAlone(this.client, auditDatabase, entry).catch((error: unknown) => {
        // It may have been stored all the same.
        this.#head = undefined;
        throw error;
      });
      this.#head = stored === 'stored' ? headOf(entry) : undefined;
      if (stored === 'stored') return;
    }
    throw new Error('Other servers write the audit log faster than this one.');
  }
}

/** The next entry of the chain. */
export function entryAfter({ number, hash }: Head, facts: AuditFacts, at: Date): EntryDocument {
  const entry = {
    ...facts,
    _id: entryId(number + 1),
    type: 'entry' as const,
    v: 1 as const,
    at: at.toISOString(),
    previous: hash,
  };
  return { ...entry, hash: hashOf(entry) };
}

export const hashOf = (entry: Omit<EntryDocument, 'hash'>): string =>
  createHash('sha256').update(hashedText(entry)).digest('hex');

export const headOf = ({ _id, hash }: EntryDocument): Head => ({ number: entryNumber(_id), hash });

/** Behind every number; whatever else lies in the database is no entry. */
const lastKey = JSON.stringify(entryId(10 ** 14 - 1));

export async function readHead(client: CouchClient): Promise<Head> {
  const range = new URLSearchParams({
    descending: 'true',
    limit: '1',
    startkey: lastKey,
    endkey: '"entry:"',
  });
  const [row] = await readRows(client, auditDatabase, {}, `&${range.toString()}`);
  return row === undefined ? noEntry : headOf(v.parse(entryDocument, row['doc']));
}

/** Entries in the order of their numbers, from one on. @param limit the most */
export async function readEntries(client: CouchClient, from: number, limit: number): Promise<unknown[]> {
  const range = new URLSearchParams({
    limit: String(limit),
    startkey: JSON.stringify(entryId(from)),
    endkey: lastKey,
  });
  return (await readRows(client, auditDatabase, {}, `&${range.toString()}`)).map((row) => row['doc']);
}
