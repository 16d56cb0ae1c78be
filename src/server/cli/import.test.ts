import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDocument } from '$lib/documents/parse-document';
import { checkDigit } from '$lib/domain/card-number';
import type { CouchClient, CouchReply } from '../couch/client';
import { demoCardDocuments } from '../demo/cards';
import { demoSchemes } from '../demo/catalogue';
import { importCards } from './import';
import { faultText, importSummary } from './import-report';

type Stored = Record<string, unknown> & { _id: string; _rev: string };

/** A register in memory that answers the three requests of an import, and can fail on one of them. */
function fakeRegister() {
  const cards = new Map<string, Stored>();
  const state = { writes: 0, failOnWrite: 0, conflictOn: '', schemes: ['vihrea', 'sininen'] };
  const put = (doc: Record<string, unknown> & { _id: string }) => {
    const before = cards.get(doc._id);
    if (doc._id === state.conflictOn || before?._rev !== doc['_rev']) {
      return { id: doc._id, error: 'conflict', reason: 'Document update conflict.' };
    }
    cards.set(doc._id, { ...doc, _rev: `${Number.parseInt(before?._rev ?? '0') + 1}-a` });
    return { ok: true, id: doc._id };
  };
  const page = (path: string): CouchReply => {
    const query = new URL(path, 'http://couch').searchParams;
    const bound = (name: string) => JSON.parse(query.get(name) ?? '""') as string;
    const rows = [...cards.values()]
      .filter(({ _id }) => _id >= bound('startkey') && _id <= bound('endkey'))
      .sort((a, b) => (a._id < b._id ? -1 : 1))
      .slice(0, Number(query.get('limit') ?? Infinity))
      .map((doc) => ({ id: doc._id, doc: structuredClone(doc) }));
    return { status: 200, body: { rows } };
  };
  const client: CouchClient = {
    request: async (method, path, body) => {
      if (path.startsWith('/tiski-catalogue/_all_docs')) {
        const rows = state.schemes.map((id) => ({ id: `scheme:${id}` }));
        return { status: 200, body: { rows } };
      }
      if (path.startsWith('/tiski-register/_all_docs')) return page(path);
      if (method !== 'POST' || path !== '/tiski-register/_bulk_docs') throw new Error(`${method} ${path}`);
      state.writes += 1;
      if (state.writes === state.failOnWrite) throw new Error('ECONNRESET');
      const { docs } = body as { docs: (Record<string, unknown> & { _id: string })[] };
      return { status: 201, body: docs.map(put) };
    },
  };
  return { client, cards, state, put };
}

const header = 'number,scheme,valid_from,valid_until,status,codes,hint';
const good = '12345671,vihrea,2026-01-01,2026-12-31,active,,';
const quiet = { write: () => undefined };

let folder = '';
let register = fakeRegister();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiski-import-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  register = fakeRegister();
});

async function importText(content: string | Uint8Array) {
  const path = join(folder, 'cards.csv');
  await writeFile(path, content);
  return importCards(register.client, path, quiet);
}

async function faultsOf(content: string | Uint8Array) {
  const { writes } = register.state;
  const result = await importText(content);
  expect(register.state.writes).toBe(writes);
  return result.ok ? [] : result.faults.map(faultText);
}

const lines = (...all: string[]) => `${all.join('\n')}\n`;

describe('a good file', () => {
  it('adds its cards, and changes nothing the second time', async () => {
    const file = lines(header, good, '23456789,sininen,1.2.2026,28.2.2027,,"LR1;rfid:04A2;QR: x y",AB');
    expect(await importText(file)).toEqual({ ok: true, added: 2, changed: 0, unchanged: 0 });
    const before = [...register.cards.values()];
    expect(before[1]).toEqual({
      _id: 'card:23456789',
      _rev: '1-a',
      type: 'card',
      v: 1,
      number: '23456789',
      scheme: 'sininen',
      status: 'active',
      validFrom: '2026-02-01',
      validUntil: '2027-02-28',
      codes: [
        { kind: 'barcode', value: 'LR1' },
        { kind: 'rfid', value: '04A2' },
        { kind: 'qr', value: 'x y' },
      ],
      hint: 'AB',
    });
    expect(await importText(file)).toEqual({ ok: true, added: 0, changed: 0, unchanged: 2 });
    expect([...register.cards.values()]).toEqual(before);
  });

  it.each([
    ['a byte order mark', `\uFEFF${header}\n${good}`],
    ['Windows line breaks and blank lines', `${header}\r\n\r\n${good}\r\n  \r\n`],
    ['semicolons', lines(header, good).replaceAll(',', ';')],
    ['empty fields at the ends', lines(`${header}`, `${good},,`, ',,,,,,,,')],
    [
      'quotation marks and spaces',
      lines(header, ' "1234 5671" , vihrea ,"2026-01-01",2026-12-31, ACTIVE ,, '),
    ],
    [
      'its own order of columns',
      lines('Valid_Until,NUMBER,scheme,valid_from', '2026-12-31,12345671,vihrea,1.1.2026'),
    ],
  ])('may have %s', async (_what, file) => {
    expect(await importText(file)).toEqual({ ok: true, added: 1, changed: 0, unchanged: 0 });
    expect(register.cards.get('card:12345671')).toMatchObject({
      scheme: 'vihrea',
      status: 'active',
      codes: [],
    });
  });

  it('R11 says who may come along, each part for itself', async () => {
    const along = `${header},children,assistant,group_size`;
    expect(await importText(lines(along, `${good},2,Kyllä,`))).toMatchObject({ added: 1 });
    expect(register.cards.get('card:12345671')).toMatchObject({
      companions: { children: 2, assistant: true },
    });
    expect(await importText(lines(along, `${good},0,,8`))).toMatchObject({ changed: 1 });
    expect(register.cards.get('card:12345671')).toMatchObject({
      companions: { children: 0, assistant: true },
      groupSize: 8,
    });
    expect(await faultsOf(lines(along, `${good},two,maybe,0`))).toEqual([
      'line 2, column children: "two" is not a whole number, 0 or more',
      'line 2, column assistant: "maybe" is neither yes nor no',
      'line 2, column group_size: "0" is not a whole number, 1 or more',
    ]);
  });

  it('keeps what it leaves empty and what it knows nothing of', async () => {
    const ownRights = [{ service: 'sauna', isGiven: true }];
    await importText(lines(header, '12345671,vihrea,2026-01-01,2026-12-31,suspended,LR1,AB'));
    const stored = register.cards.get('card:12345671');
    if (stored) Object.assign(stored, { statusUntil: '2026-06-30', rights: ownRights, locker: 12 });
    expect(await importText(lines(header, '12345671,vihrea,2026-01-01,2027-12-31,,,'))).toMatchObject({
      changed: 1,
    });
    expect(register.cards.get('card:12345671')).toMatchObject({
      validUntil: '2027-12-31',
      status: 'suspended',
      statusUntil: '2026-06-30',
      codes: [{ value: 'LR1' }],
      hint: 'AB',
      rights: ownRights,
      locker: 12,
    });
    await importText(lines(header, '12345671,vihrea,2026-01-01,2027-12-31,active,,'));
    expect(register.cards.get('card:12345671')).not.toHaveProperty('statusUntil');
  });

  it('may move a code from one card to another', async () => {
    await importText(
      lines(
        header,
        '12345671,vihrea,2026-01-01,2026-12-31,,LR1,',
        '23456789,vihrea,2026-01-01,2026-12-31,,LR2,',
      ),
    );
    const swapped = lines(
      header,
      '12345671,vihrea,2026-01-01,2026-12-31,,LR2,',
      '23456789,vihrea,2026-01-01,2026-12-31,,LR1,',
    );
    expect(await importText(swapped)).toMatchObject({ ok: true, changed: 2 });
  });
});

describe('the sample file', () => {
  it('holds twenty cards for the demo city', async () => {
    register.state.schemes = demoSchemes.map(({ _id }) => _id.slice('scheme:'.length));
    const sample = 'static/samples/cards.csv';
    expect(await importCards(register.client, sample, quiet)).toMatchObject({ ok: true, added: 20 });
    expect(await importCards(register.client, sample, quiet)).toMatchObject({ unchanged: 20 });
    const { cards } = register;
    const readable = [...cards.values()].filter((card) => parseDocument(card).ok);
    expect(readable).toHaveLength(20);
    expect(demoCardDocuments('2026-11-18').filter(({ _id }) => cards.has(_id))).toEqual([]);
  });
});

describe('a wrong file writes nothing and names', () => {
  const row = (change: Partial<Record<string, string>>) => {
    const fields = {
      number: '12345671',
      scheme: 'vihrea',
      from: '2026-01-01',
      until: '2026-12-31',
      status: '',
      codes: '',
      hint: '',
      ...change,
    };
    return lines(header, Object.values(fields).join(','));
  };

  it.each([
    [
      'a mistyped number',
      row({ number: '12345617' }),
      'line 2, column number: "12345617" is mistyped: its check digit is wrong',
    ],
    [
      'a lost zero',
      row({ number: '2345671' }),
      'line 2, column number: "2345671" has 7 digits, not 8 (spreadsheets drop zeros from the front)',
    ],
    ['no number', row({ number: '' }), 'line 2, column number: is empty'],
    ['letters', row({ number: 'abc' }), 'line 2, column number: "abc" is not 8 digits'],
    [
      'an unknown scheme',
      row({ scheme: 'punainen' }),
      'line 2, column scheme: "punainen" is not a scheme of the catalogue (vihrea, sininen)',
    ],
    [
      'a day that is not',
      row({ from: '2026-02-29' }),
      'line 2, column valid_from: "2026-02-29" is not a day like 2026-02-01 or 1.2.2026',
    ],
    [
      'a day of another land',
      row({ until: '12/31/2026' }),
      'line 2, column valid_until: "12/31/2026" is not a day like 2026-02-01 or 1.2.2026',
    ],
    [
      'an end before the beginning',
      row({ until: '31.12.2025' }),
      'line 2, column valid_until: is before valid_from (2026-01-01)',
    ],
    [
      'an unknown status',
      row({ status: 'stolen' }),
      'line 2, column status: "stolen" is none of active, suspended, lost, replaced, ended',
    ],
    ['a code twice on a line', row({ codes: 'LR1;LR1' }), 'line 2, column codes: "LR1" is there twice'],
    [
      'a code that reads as another number',
      row({ codes: '2345 6789' }),
      'line 2, column codes: "2345 6789" would be read as the number of card 23456789',
    ],
    [
      'an emoji for a code',
      row({ codes: '🙂' }),
      'line 2, column codes: "🙂" is not a code that can be scanned',
    ],
    [
      'a prefix without a code',
      row({ codes: 'rfid:' }),
      'line 2, column codes: "rfid:" is not a code that can be scanned',
    ],
    [
      'a long hint',
      row({ hint: 'x'.repeat(21) }),
      'line 2, column hint: has 21 characters, at most 20 are kept',
    ],
    ['too few fields', lines(header, '12345671,vihrea'), 'line 2: has 2 fields, the header has 7'],
    ['too many fields', lines(header, `${good},x`), 'line 2: has 8 fields, the header has 7'],
    [
      'codes without quotation marks',
      lines(header, `${good.replace('active,', 'active,LR1;LR2')};x`).replaceAll(',', ';'),
      'line 2: has 9 fields, the header has 7: where ; separates the fields, several codes need quotation marks, as in "LR1;LR2"',
    ],
    [
      'an open quotation mark',
      lines(header, good.replace('vihrea', '"vihrea'), ''),
      'line 2: has a quotation mark that opens or closes in a wrong place',
    ],
    ['a line without end', lines(header, 'x'.repeat(5000)), 'line 2: is longer than 4000 characters'],
    ['a number twice', lines(header, good, '', good), 'line 4, column number: 12345671 is on line 2 already'],
    [
      'a code twice',
      lines(
        header,
        '12345671,vihrea,2026-01-01,2026-12-31,,LR1,',
        '23456789,vihrea,2026-01-01,2026-12-31,,LR2;LR1,',
      ),
      'line 3, column codes: "LR1" is on line 2 already',
    ],
    [
      'an unknown column',
      lines(`${header},name`, `${good},x`),
      'line 1: unknown column "name"; known are number, scheme, valid_from, valid_until, status, codes, hint, children, assistant, group_size',
    ],
    ['a missing column', lines('number,scheme,valid_from', good), 'line 1, column valid_until: is missing'],
    ['a column twice', lines(`${header},hint`, `${good},x`), 'line 1, column hint: is there twice'],
    ['a file without header', lines('', good), 'line 1: has no header'],
  ])('%s', async (_what, file, fault) => {
    expect(await faultsOf(file)).toEqual([fault]);
  });

  it('bytes that are not UTF-8, by line', async () => {
    const latin = new Uint8Array(
      Buffer.from(lines(header, good, good.replace('vihrea', 'vihreä')), 'latin1'),
    );
    expect(await faultsOf(latin)).toEqual([
      'line 3: holds bytes that are not UTF-8 text: save the file as "CSV UTF-8"',
    ]);
    const utf16 = new Uint8Array(Buffer.from(`\uFEFF${lines(header, good)}`, 'utf16le'));
    expect(await faultsOf(utf16)).toEqual([
      'line 1: holds bytes that are not UTF-8 text: save the file as "CSV UTF-8"',
    ]);
  });

  it('every wrong line, not only the first', async () => {
    const file = lines(
      header,
      good,
      '12345617,punainen,x,2026-12-31,,,',
      'a,b',
      '23456789,vihrea,2026-01-01,2025-12-31,,,',
    );
    const faults = await faultsOf(file);
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'line 3, column number',
      'line 3, column scheme',
      'line 3, column valid_from',
      'line 4',
      'line 5, column valid_until',
    ]);
  });

  it('a code that another card in the register has', async () => {
    await importText(lines(header, '12345671,vihrea,2026-01-01,2026-12-31,,LR1,'));
    const stolen = lines(header, '23456789,vihrea,2026-01-01,2026-12-31,,LR1,');
    const result = await importText(stolen);
    expect(importSummary(result)).toBe(
      'Nothing was imported. 1 fault to mend:\n  line 2, column codes: "LR1" belongs to card 12345671 in the register',
    );
    expect(register.cards.size).toBe(1);
  });

  it('a stored card that a newer Tiski wrote', async () => {
    register.put({ _id: 'card:12345671', type: 'card', v: 2 });
    expect(await faultsOf(lines(header, good))).toEqual([
      "line 2: the register's own card 12345671 is not readable (newer-version)",
    ]);
  });

  it.each([
    ['', 'is empty'],
    [`${header}\n`, 'has a header and no cards'],
  ])('a file with no cards (%j)', async (content, reason) => {
    expect(await faultsOf(content)).toEqual([`${join(folder, 'cards.csv')} ${reason}`]);
  });

  it('a folder, and a file that is not there', async () => {
    expect(await importCards(register.client, folder, quiet)).toEqual({
      ok: false,
      faults: [{ reason: `${folder} is a folder, not a file` }],
    });
    expect(await importCards(register.client, join(folder, 'none.csv'), quiet)).toMatchObject({
      faults: [{ reason: `There is no file ${join(folder, 'none.csv')}` }],
    });
  });
});

describe('an import that is cut off while writing', () => {
  const many = () => {
    const rows = Array.from({ length: 2500 }, (_, index) => {
      const digits = String(1_000_000 + index);
      return good.replace('12345671', `${digits}${checkDigit(digits)}`);
    });
    return lines(header, ...rows);
  };

  it('says how far it came, and is simply repeated', async () => {
    register.state.failOnWrite = 2;
    const result = await importText(many());
    expect(importSummary(result)).toBe(
      'The import could not be done:\n  At least 1,000 of 2,500 cards were written, then: no answer (ECONNRESET).' +
        ' Import the same file again: what is written already is left alone.',
    );
    expect(await importText(many())).toEqual({ ok: true, added: 1500, changed: 0, unchanged: 1000 });
    expect(await importText(many())).toEqual({ ok: true, added: 0, changed: 0, unchanged: 2500 });
  });

  it('tells which card somebody else changed meanwhile', async () => {
    register.state.conflictOn = 'card:12345671';
    const result = await importText(lines(header, good));
    expect(importSummary(result)).toContain('card:12345671 was changed by somebody else meanwhile');
  });
});
