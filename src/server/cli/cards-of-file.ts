import { canonicalCode } from '$lib/domain/code/canonical-code';
import { isCardNumber } from '$lib/domain/visit/card-number';
import type { CardRow } from './import-csv';
import type { CsvFault } from './import-report';

/** Card numbers without their check digit. */
const possibleNumbers = 10_000_000;

/**
 * What is kept of a card file while it is checked: enough to find duplicates. The arrays only take up memory
 * where something is in them.
 */
export class CardsOfFile {
  count = 0;
  readonly #lineOfNumber = new Uint32Array(possibleNumbers);
  readonly #namesCodes = new Uint8Array(possibleNumbers);
  /** By canonical form (R1). */
  readonly #lineOfCode = new Map<string, number>();

  /** Adds a row; returns what it shares with an earlier one: its number, or a code. */
  add({ line, number, codes }: CardRow): CsvFault[] {
    const faults: CsvFault[] = [];
    const place = placeOf(number);
    const same = this.#lineOfNumber[place];
    if (same) faults.push({ line, column: 'number', reason: `${number} is on line ${same} already` });
    else this.#lineOfNumber[place] = line;
    if (codes !== undefined) this.#namesCodes[place] = 1;
    for (const { value } of codes ?? []) {
      const code = canonicalCode(value);
      const earlier = this.#lineOfCode.get(code);
      if (earlier === undefined) this.#lineOfCode.set(copyOf(code), line);
      else faults.push({ line, column: 'codes', reason: `${asRead(value)} is on line ${earlier} already` });
    }
    this.count += 1;
    return faults;
  }

  /** Whether the file gives any card a code. */
  get hasCodes(): boolean {
    return this.#lineOfCode.size > 0;
  }

  lineOfCode(code: string): number | undefined {
    return this.#lineOfCode.get(canonicalCode(code));
  }

  /** Whether the file says which codes a card has, even if none. */
  namesCodesOf(number: string): boolean {
    // A register may have numbers that no file can have: they share a slot with a valid one.
    return isCardNumber(number) && this.#namesCodes[placeOf(number)] === 1;
  }
}

/** R1: a code, and what it is read as if that differs from how it is written. */
export function asRead(code: string): string {
  const canonical = canonicalCode(code);
  return canonical === code ? `"${code}"` : `"${code}" (read as ${canonical})`;
}

/** A slice of a longer text would keep all of that text in memory. */
const copyOf = (text: string) => Buffer.from(text).toString();

const placeOf = (number: string) => Number(number.slice(0, 7));
