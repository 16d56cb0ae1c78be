import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cardsHeader, goodLine, lines, RegisterToImport } from '../../../tests/register-to-import';
import { checkDigit } from '$lib/domain/card-number';
import { importSummary } from './import-report';

let register: RegisterToImport;
beforeEach(async () => {
  register = await RegisterToImport.open();
});
afterEach(() => register.close());

function numberOf(index: number): string {
  const digits = String(1_000_000 + index);
  return `${digits}${checkDigit(digits)}`;
}

/** A file of so many cards, in batches of a thousand. */
function fileOf(count: number, scheme = 'vihrea'): string {
  const good = goodLine.replace('vihrea', scheme);
  const rows = Array.from({ length: count }, (_, index) => good.replace('12345671', numberOf(index)));
  return lines(cardsHeader, ...rows);
}

const stoppedAt = (written: string, total: string, why: string) =>
  `The import could not be done:\n  At least ${written} of ${total} cards were written, then: ${why}.` +
  ' Import the same file again: what is written already is left alone.';

describe('an import that is cut off while writing', () => {
  it('says how far it came, and is simply repeated', async () => {
    register.beforeWrite = (write) => {
      if (write === 2) throw new Error('ECONNRESET');
    };
    const result = await register.import(fileOf(2500));
    expect(importSummary(result)).toBe(stoppedAt('1,000', '2,500', 'no answer (ECONNRESET)'));
    expect(await register.import(fileOf(2500))).toEqual({
      ok: true,
      added: 1500,
      changed: 0,
      unchanged: 1000,
    });
    expect(await register.import(fileOf(2500))).toEqual({ ok: true, added: 0, changed: 0, unchanged: 2500 });
  });

  it('tells which card somebody else changed meanwhile', async () => {
    register.beforeWrite = () => register.put({ _id: 'card:12345671', type: 'card' });
    const result = await register.import(lines(cardsHeader, goodLine));
    const why = 'card:12345671 was changed by somebody else meanwhile';
    expect(importSummary(result)).toBe(stoppedAt('0', '1', why));
  });

  it('stops before a card that somebody else made unreadable after it was compared', async () => {
    const number = numberOf(1000);
    register.beforeWrite = (write) => {
      if (write === 1) return register.put({ _id: `card:${number}`, type: 'card', v: 2 });
    };
    const why = `line 1002: the register's own card ${number} is not readable (newer-version)`;
    expect(importSummary(await register.import(fileOf(2500)))).toBe(stoppedAt('1,000', '2,500', why));
  });
});

describe('a file that is changed between its check and its writing', () => {
  const { length } = lines(cardsHeader);
  const lineLength = goodLine.length + 1;

  /** Imports 2,500 cards; `change` comes when all of them have been read once. */
  async function importChanging(change: (file: string) => void) {
    const result = await register.import(fileOf(2500), {
      write(line) {
        if (line.includes('comparing')) change(register.file);
      },
    });
    return { result, written: (await register.cards()).size };
  }

  it.each<[string, number, (file: string) => void]>([
    ['written over with other cards', 0, (file) => writeFileSync(file, fileOf(2500, 'sininen'))],
    ['longer', 2000, (file) => appendFileSync(file, `${goodLine}\n`)],
    ['shorter', 1000, (file) => truncateSync(file, length + 1000 * lineLength)],
    ['empty', 0, (file) => truncateSync(file)],
    ['gone', 0, (file) => rmSync(file)],
    [
      'another one, under its name',
      0,
      (file) => {
        writeFileSync(`${file}.new`, fileOf(2500, 'sininen'));
        renameSync(`${file}.new`, file);
      },
    ],
  ])('and is then %s: only what was checked is written', async (_how, count, change) => {
    const { result, written } = await importChanging(change);
    const why = `${register.file} is not as it was when it was checked`;
    expect(importSummary(result)).toBe(stoppedAt(count.toLocaleString('en-US'), '2,500', why));
    expect(written).toBe(count);
  });

  it('is told of when a whole batch more has come', async () => {
    const result = await register.import(fileOf(1000), {
      write(line) {
        if (line.includes('comparing')) appendFileSync(register.file, `${goodLine}\n`);
      },
    });
    const why = `${register.file} is not as it was when it was checked`;
    expect(importSummary(result)).toBe(stoppedAt('1,000', '1,000', why));
  });
});
