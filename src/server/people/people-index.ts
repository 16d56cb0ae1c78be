import { setTimeout as delay } from 'node:timers/promises';
import { peopleDatabase } from '$lib/documents/databases';
import { ApiFailure } from '../api-failure';
import type { CouchClient } from '../couch/client';
import { isJsonObject } from '../couch/json';
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
  readonly #lettersOf = new Map<string, Set<string>>();
  /** To which case a letter belongs. */
  readonly #caseOfLetter = new Map<string, string>();
  readonly #erasing = new Set<string>();
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

  /** Reads everything, however long it takes. */
  async whole(): Promise<this> {
    await this.#followed.catchUp();
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

  /** Ids of the letters about a case. */
  lettersOf = (id: string): string[] => [...(this.#lettersOf.get(id) ?? [])];
  /** People whose erasure has begun, and not ended. */
  erasing = (): string[] => [...this.#erasing];

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
    if (id.startsWith('person:')) this.#takePerson(id, document);
    else if (id.startsWith('case:')) this.#takeCase(id, caseRow(document));
    else if (id.startsWith('letter:')) this.#takeLetter(id, document);
  }

  #takeLetter(id: string, document: unknown): void {
    const before = this.#caseOfLetter.get(id);
    if (before !== undefined) leave(this.#lettersOf, before, id);
    this.#caseOfLetter.delete(id);
    if (!isJsonObject(document) || typeof document['case'] !== 'string') return;
    this.#caseOfLetter.set(id, document['case']);
    join(this.#lettersOf, document['case'], id);
  }

  #takePerson(id: string, document: unknown): void {
    const row = personRow(document);
    if (isJsonObject(document) && document['erasing'] !== undefined) this.#erasing.add(id);
    else this.#erasing.delete(id);
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
    const linked = [this.#byLikeness, this.#byContact, this.#casesOf, this.#lettersOf];
    const kept = [this.#people, this.#cases, this.#caseOfLetter, this.#erasing];
    for (const each of [...linked, ...kept]) each.clear();
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
