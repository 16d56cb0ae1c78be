import { entryNumber, type EntryDocument } from '$lib/documents/audit/entry-document';
import type { Instant } from '$lib/domain/time/day';

/** What is asked of the log; all of it holds together. */
export interface AuditFilter {
  person?: string | undefined;
  case?: string | undefined;
  account?: string | undefined;
  action?: string | undefined;
  from?: Instant | undefined;
  /** Exclusive. */
  until?: Instant | undefined;
}

/** Texts as numbers, from 1; 0 is none. */
class Dictionary {
  readonly #numbers = new Map<string, number>();
  readonly texts: string[] = [''];

  numberOf(text: string | undefined): number {
    if (text === undefined) return 0;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  /** -1 for what no entry has. */
  find = (text: string): number => this.#numbers.get(text) ?? -1;
}

/** Numbers that grow at the end. */
class Column {
  #values = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  at = (index: number): number => this.#values[index] ?? 0;
}

/**
 * The audit log as columns of numbers: a million entries are searched in milliseconds, and take some 50 MB.
 * What only people read (reasons, what it was about) stays in the database.
 */
export class AuditColumns {
  readonly #accounts = new Dictionary();
  readonly #actions = new Dictionary();
  readonly #cases = new Dictionary();
  readonly #people = new Dictionary();
  readonly #number = new Column();
  readonly #at = new Column();
  readonly #account = new Column();
  readonly #action = new Column();
  readonly #case = new Column();
  /** Where an entry's people end in `#person`. */
  readonly #peopleEnd = new Column();
  readonly #person = new Column();
  /** Entries before this number were deleted because their time was over. */
  first = 1;

  add({ _id, at, account, action, case: id, people = [] }: EntryDocument): void {
    this.#number.push(entryNumber(_id));
    this.#at.push(Date.parse(at));
    this.#account.push(this.#accounts.numberOf(account));
    this.#action.push(this.#actions.numberOf(action));
    this.#case.push(this.#cases.numberOf(id));
    for (const person of people) this.#person.push(this.#people.numberOf(person));
    this.#peopleEnd.push(this.#person.length);
  }

  /** Every account and every action of the log, for lists to choose from. */
  get known(): { accounts: readonly string[]; actions: readonly string[] } {
    return { accounts: this.#accounts.texts.slice(1).sort(), actions: this.#actions.texts.slice(1).sort() };
  }

  /**
   * The numbers of the newest entries that fit, and how many fit in all.
   * @param before only older ones than this number
   */
  find(filter: AuditFilter, most: number, before = Infinity): { numbers: number[]; total: number } {
    const fits = this.#fitting(filter);
    const numbers: number[] = [];
    let total = 0;
    for (let index = this.#number.length - 1; index >= 0; index -= 1) {
      const number = this.#number.at(index);
      if (number < this.first) break;
      if (!fits(index)) continue;
      total += 1;
      if (number < before && numbers.length < most) numbers.push(number);
    }
    return { numbers, total };
  }

  #fitting(filter: AuditFilter): (index: number) => boolean {
    const { from = -Infinity, until = Infinity } = filter;
    const wanted = (
      [
        [this.#account, this.#accounts, filter.account],
        [this.#action, this.#actions, filter.action],
        [this.#case, this.#cases, filter.case],
      ] as const
    ).flatMap(([column, dictionary, text]) =>
      text === undefined ? [] : [{ column, number: dictionary.find(text) }],
    );
    const person = filter.person === undefined ? undefined : this.#people.find(filter.person);
    return (index) => {
      const at = this.#at.at(index);
      if (at < from || at >= until) return false;
      if (wanted.some(({ column, number }) => column.at(index) !== number)) return false;
      return person === undefined || this.#concerns(index, person);
    };
  }

  #concerns(index: number, person: number): boolean {
    const end = this.#peopleEnd.at(index);
    for (let each = index === 0 ? 0 : this.#peopleEnd.at(index - 1); each < end; each += 1) {
      if (this.#person.at(each) === person) return true;
    }
    return false;
  }
}
