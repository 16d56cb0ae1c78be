import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkDigit } from '$lib/domain/visit/card-number';
import { cardsHeader, goodLine, lines, RegisterToImport } from '../../../tests/register-to-import';
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

/** A file with this many cards, in batches of a thousand. */
function fileOf(count: number, scheme = 'vihrea'): string {
  const good = goodLine.replace('vihrea', scheme);
  const rows = Array.from({ length: count }, (_, index) => good.replace('12345671', numberOf(index)));
  return lines(cardsHeader, ...rows);
}

const storedCard = {
  _id: 'card:12345671',
  type: 'card',
  v: 1,
  number: '12345671',
  codes: [],
  status: 'active',
  scheme: 'vihrea',
  validFrom: '2026-01-01',
  validUntil: '2026-12-31',
};

const stoppedAt = (written: string, total: string, why: string) =>
  `The import could not be done:\n  At least ${written} of ${total} cards were written, then: ${why}.` +
  ' Import the same file again: what is written already is left alone.';

describe('an import that is cut off while writing', () => {
  it('says how far it got, and is simply repeated', async () => {
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

  it('compares again what somebody else changed meanwhile, and writes it', async () => {
    await register.put({ ...storedCard, scheme: 'sininen' });
    register.beforeWrite = async (write) => {
      if (write !== 1) return;
      const card = (await register.cards()).get('card:12345671');
      await register.put({ ...storedCard, _rev: card?._rev, scheme: 'sininen', more: 'kept' });
    };
    const other = goodLine.replace('12345671', numberOf(1));
    const result = await register.import(lines(cardsHeader, goodLine, other));
    expect(result).toEqual({ ok: true, added: 1, changed: 1, unchanged: 0 });
    expect((await register.cards()).get('card:12345671')).toMatchObject({ scheme: 'vihrea', more: 'kept' });
  });

  it('counts as unchanged what somebody else has changed to the same meanwhile', async () => {
    register.beforeWrite = async (write) => {
      if (write === 1) await register.put(storedCard);
    };
    const result = await register.import(lines(cardsHeader, goodLine));
    expect(result).toEqual({ ok: true, added: 0, changed: 0, unchanged: 1 });
  });

  it('says which card somebody else keeps changing', async () => {
    register.beforeWrite = async () => {
      const _rev = (await register.cards()).get('card:12345671')?._rev;
      await register.put({ ...storedCard, ...(_rev === undefined ? {} : { _rev }), scheme: 'sininen' });
    };
    const result = await register.import(lines(cardsHeader, goodLine));
    const why = 'card:12345671 is being changed by somebody else';
    expect(importSummary(result)).toBe(stoppedAt('0', '1', why));
  });

  it('stops at a card that somebody else made unreadable after it was compared', async () => {
    const number = numberOf(1000);
    register.beforeWrite = (write) => {
      if (write === 1) return register.put({ _id: `card:${number}`, type: 'card', v: 2 });
    };
    const why = `line 1002: the register's own card ${number} is not readable (newer-version)`;
    expect(importSummary(await register.import(fileOf(2500)))).toBe(stoppedAt('1,999', '2,500', why));
  });
});

describe('a file that is changed between its check and its writing', () => {
  it.each<[string, (file: string) => void]>([
    ['written over with other cards', (file) => writeFileSync(file, fileOf(2500, 'sininen'))],
    ['longer', (file) => appendFileSync(file, `${goodLine}\n`)],
    ['empty', (file) => truncateSync(file)],
    ['gone', (file) => rmSync(file)],
  ])('and is then %s: what was checked is written', async (_how, change) => {
    const result = await register.import(fileOf(2500), {
      write(line) {
        if (line.includes('comparing')) change(register.file);
      },
    });
    expect(result).toEqual({ ok: true, added: 2500, changed: 0, unchanged: 0 });
    const cards = [...(await register.cards()).values()];
    expect(new Set(cards.map(({ scheme }) => scheme))).toEqual(new Set(['vihrea']));
    expect(cards).toHaveLength(2500);
  });
});

describe('the temporary file of what is to be written', () => {
  let folder: string;
  const system = process.env['TMPDIR'];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tiski-temporary-'));
    process.env['TMPDIR'] = folder;
  });
  afterEach(() => {
    if (system === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = system;
    rmSync(folder, { recursive: true });
  });

  it('has no name while it is used, and leaves nothing behind', async () => {
    const names: string[] = [];
    register.beforeWrite = () => {
      names.push(...readdirSync(folder, { recursive: true }).map(String));
      throw new Error('ECONNRESET');
    };
    await register.import(fileOf(1500));
    expect(names).toEqual([expect.stringMatching(/^tiski-import-\w+$/)]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('finds no room: says where, and writes nothing', async () => {
    process.env['TMPDIR'] = join(folder, 'missing');
    const result = await register.import(fileOf(1));
    const why = `${process.env['TMPDIR']} can't take what is to be written (ENOENT): make room, or set TMPDIR`;
    expect(importSummary(result)).toBe(`The import could not be done:\n  ${why}`);
    expect((await register.cards()).size).toBe(0);
  });
});

describe('cards that are compared with a range of the register', () => {
  it('are the same as those that are looked up one by one', async () => {
    const rows = Array.from({ length: 2500 }, (_, index) => goodLine.replace('12345671', numberOf(index)));
    await register.import(lines(cardsHeader, ...rows));
    // Every third one: most cards between the first and the last belong to others.
    const third = rows.filter((_, index) => index % 3 === 0).map((row) => row.replace('vihrea', 'sininen'));
    const backwards = [...third].reverse();
    expect(await register.import(lines(cardsHeader, ...backwards))).toEqual({
      ok: true,
      added: 0,
      changed: 834,
      unchanged: 0,
    });
    expect(await register.import(lines(cardsHeader, ...rows))).toEqual({
      ok: true,
      added: 0,
      changed: 834,
      unchanged: 1666,
    });
  });
});
