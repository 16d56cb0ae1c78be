import { setTimeout as delay } from 'node:timers/promises';
import { peopleDatabase } from '$lib/documents/databases';
import { ApiFailure } from '../api-failure';
import type { CouchClient } from '../couch/client';
import { caseRow, type CaseRow } from './case-row';
import { foldedPhone, foldedText } from './folded-text';
import { FollowedDatabase } from './followed-database';
import { personRow, type PersonRow } from './person-row';

/** How long the first request waits for the index of a small city. */
const patienceMs = 1000;

/** People found, the most likely first. */
export interface FoundPeople {
  people: readonly PersonRow[];
  /** How many there are, also beyond those. */
  total: number;
}

/**
 * Names and cases in memory, so that a city of 100,000 is searched within a request. Nothing of it is on the
 * disk a second time. Each server process has its own; every look first reads what is new.
 */
export class PeopleIndex {
  readonly #people = new Map<string, PersonRow>();
  readonly #cases = new Map<string, CaseRow>();
  readonly #byLikeness = new Map<string, Set<string>>();
  readonly #byContact = new Map<string, Set<string>>();
  readonly #casesOf = new Map<string, Set<string>>();
  readonly #followed: FollowedDatabase;

  constructor(client: CouchClient) {
    this.#followed = new FollowedDatabase(client, peopleDatabase, {
      take: (id, document) => this.#take(id, document),
      forget: () => this.#forget(),
    });
  }

  /**
   * Reads what is new; the first time everything, which may take longer than a request.
   * @throws {ApiFailure} 503 `being-built` until then, with how far it is
   */
  async current(): Promise<this> {
    const isBuilt = this.#followed.progress === 1;
    const reading = this.#followed.catchUp();
    if (isBuilt) await reading;
    else await Promise.race([reading, delay(patienceMs, undefined, { ref: false })]);
    if (this.#followed.progress < 1) throw beingBuilt(this.#followed.progress);
    return this;
  }

  /** Everybody in whose name, birth year, card number or contact each word begins. */
  search(text: string, most: number): FoundPeople {
    const phone = foldedPhone(text);
    const words = /^[+\d]{6,}$/.test(phone) ? [` ${phone}`] : foldedWords(text);
    if (words.length === 0) return { people: [], total: 0 };
    const found: PersonRow[] = [];
    for (const row of this.#people.values()) {
      if (words.every((word) => row.words.includes(word))) found.push(row);
    }
    const people = found.sort((a, b) => compareText(a.words, b.words)).slice(0, most);
    return { people, total: found.length };
  }

  person = (id: string): PersonRow | undefined => this.#people.get(id);
  case = (id: string): CaseRow | undefined => this.#cases.get(id);
  cases = (): Iterable<CaseRow> => this.#cases.values();
  casesOf = (person: string): CaseRow[] =>
    [...(this.#casesOf.get(person) ?? [])].flatMap((id) => this.#cases.get(id) ?? []);

  /** Others with the same name and birth year, or the same contact. */
  like(row: PersonRow): PersonRow[] {
    const ids = new Set([
      ...(this.#byLikeness.get(row.likeness) ?? []),
      ...(row.contact === undefined ? [] : (this.#byContact.get(row.contact) ?? [])),
    ]);
    ids.delete(row.id);
    return [...ids].flatMap((each) => this.#people.get(each) ?? []);
  }

  #take(id: string, document: unknown): void {
    if (id.startsWith('person:')) this.#takePerson(id, personRow(document));
    else if (id.startsWith('case:')) this.#takeCase(id, caseRow(document));
  }

  #takePerson(id: string, row: PersonRow | undefined): void {
    const before = this.#people.get(id);
    if (before !== undefined) {
      leave(this.#byLikeness, before.likeness, id);
      if (before.contact !== undefined) leave(this.#byContact, before.contact, id);
      this.#people.delete(id);
    }
    if (row === undefined) return;
    this.#people.set(id, row);
    join(this.#byLikeness, row.likeness, id);
    if (row.contact !== undefined) join(this.#byContact, row.contact, id);
  }

  #takeCase(id: string, row: CaseRow | undefined): void {
    const before = this.#cases.get(id);
    if (before !== undefined) leave(this.#casesOf, before.person, id);
    this.#cases.delete(id);
    if (row === undefined) return;
    this.#cases.set(id, row);
    join(this.#casesOf, row.person, id);
  }

  #forget(): void {
    for (const map of [this.#people, this.#cases, this.#byLikeness, this.#byContact, this.#casesOf])
      map.clear();
  }
}

const beingBuilt = (progress: number) =>
  new ApiFailure(
    503,
    'being-built',
    `Names and cases are being read: ${Math.floor(100 * progress)} %. Try again soon.`,
    undefined,
    { 'retry-after': '2' },
  );

/** Quicker than a collator, and the words are folded already. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const foldedWords = (text: string): string[] =>
  foldedText(text)
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, 6)
    .map((word) => ` ${word}`);

function join(map: Map<string, Set<string>>, key: string, id: string): void {
  const ids = map.get(key) ?? new Set();
  map.set(key, ids.add(id));
}

function leave(map: Map<string, Set<string>>, key: string, id: string): void {
  const ids = map.get(key);
  ids?.delete(id);
  if (ids?.size === 0) map.delete(key);
}
