import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDocument } from '$lib/documents/parse-document';
import { cardsHeader, goodLine, lines, RegisterToImport } from '../../../tests/register-to-import';
import { demoCardDocuments } from '../demo/cards';
import { demoSchemes } from '../demo/catalogue';

let register: RegisterToImport;
beforeEach(async () => {
  register = await RegisterToImport.open();
});
afterEach(() => register.close());

/** The card of the valid line. */
async function card() {
  const stored = (await register.cards()).get('card:12345671');
  if (!stored) throw new Error('The card is not there.');
  return stored;
}

describe('a good file', () => {
  it('adds its cards, and changes nothing the second time', async () => {
    const file = lines(
      cardsHeader,
      goodLine,
      '23456789,sininen,1.2.2026,28.2.2027,,"LR1;rfid:04A2;QR: x y",AB',
    );
    expect(await register.import(file)).toEqual({ ok: true, added: 2, changed: 0, unchanged: 0 });
    const before = [...(await register.cards()).values()];
    expect(before[1]).toEqual({
      _id: 'card:23456789',
      _rev: expect.stringMatching(/^1-/) as string,
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
    expect(await register.import(file)).toEqual({ ok: true, added: 0, changed: 0, unchanged: 2 });
    expect([...(await register.cards()).values()]).toEqual(before);
  });

  it.each([
    ['a byte order mark', `\uFEFF${cardsHeader}\n${goodLine}`],
    ['Windows line breaks and blank lines', `${cardsHeader}\r\n\r\n${goodLine}\r\n  \r\n`],
    ['semicolons', lines(cardsHeader, goodLine).replaceAll(',', ';')],
    ['empty fields at the ends', lines(`${cardsHeader}`, `${goodLine},,`, ',,,,,,,,')],
    [
      'quotation marks and spaces',
      lines(cardsHeader, ' "1234 5671" , vihrea ,"2026-01-01",2026-12-31, ACTIVE ,, '),
    ],
    [
      'its own order of columns',
      lines('Valid_Until,NUMBER,scheme,valid_from', '2026-12-31,12345671,vihrea,1.1.2026'),
    ],
  ])('may have %s', async (_what, file) => {
    expect(await register.import(file)).toEqual({ ok: true, added: 1, changed: 0, unchanged: 0 });
    expect(await card()).toMatchObject({
      scheme: 'vihrea',
      status: 'active',
      codes: [],
    });
  });

  it('R11 says who may come along, each part separately', async () => {
    const along = `${cardsHeader},children,assistant,group_size`;
    expect(await register.import(lines(along, `${goodLine},2,Kyllä,`))).toMatchObject({ added: 1 });
    expect(await card()).toMatchObject({
      companions: { children: 2, assistant: true },
    });
    expect(await register.import(lines(along, `${goodLine},0,,8`))).toMatchObject({ changed: 1 });
    expect(await card()).toMatchObject({
      companions: { children: 0, assistant: true },
      groupSize: 8,
    });
    expect(await register.faultsOf(lines(along, `${goodLine},two,maybe,0`))).toEqual([
      'line 2, column children: "two" is not a whole number, 0 or more',
      'line 2, column assistant: "maybe" is neither yes nor no',
      'line 2, column group_size: "0" is not a whole number, 1 or more',
    ]);
  });

  it('keeps what it leaves empty and what it doesn’t know', async () => {
    const ownRights = [{ service: 'sauna', isGiven: true }];
    await register.import(lines(cardsHeader, '12345671,vihrea,2026-01-01,2026-12-31,suspended,LR1,AB'));
    await register.put({ ...(await card()), statusUntil: '2026-06-30', rights: ownRights, locker: 12 });
    expect(
      await register.import(lines(cardsHeader, '12345671,vihrea,2026-01-01,2027-12-31,,,')),
    ).toMatchObject({
      changed: 1,
    });
    expect(await card()).toMatchObject({
      validUntil: '2027-12-31',
      status: 'suspended',
      statusUntil: '2026-06-30',
      codes: [{ value: 'LR1' }],
      hint: 'AB',
      rights: ownRights,
      locker: 12,
    });
    await register.import(lines(cardsHeader, '12345671,vihrea,2026-01-01,2027-12-31,active,,'));
    expect(await card()).not.toHaveProperty('statusUntil');
  });

  it('R1 leaves codes as they are written', async () => {
    await register.import(
      lines(cardsHeader, '12345671,vihrea,2026-01-01,2026-12-31,,rfid:04:a2:90:00;036000291452,'),
    );
    expect(await card()).toMatchObject({ codes: [{ value: '04:a2:90:00' }, { value: '036000291452' }] });
  });

  it('may move a code from one card to another', async () => {
    await register.import(
      lines(
        cardsHeader,
        '12345671,vihrea,2026-01-01,2026-12-31,,LR1,',
        '23456789,vihrea,2026-01-01,2026-12-31,,LR2,',
      ),
    );
    const swapped = lines(
      cardsHeader,
      '12345671,vihrea,2026-01-01,2026-12-31,,LR2,',
      '23456789,vihrea,2026-01-01,2026-12-31,,LR1,',
    );
    expect(await register.import(swapped)).toMatchObject({ ok: true, changed: 2 });
  });
});

describe('the sample file', () => {
  it('holds twenty cards for the demo city', async () => {
    const city = await RegisterToImport.open(demoSchemes.map(({ _id }) => _id.slice('scheme:'.length)));
    const sample = 'static/samples/cards.csv';
    expect(await city.importFile(sample)).toMatchObject({ ok: true, added: 20 });
    expect(await city.importFile(sample)).toMatchObject({ unchanged: 20 });
    const cards = await city.cards();
    expect([...cards.values()].filter((card) => parseDocument(card).ok)).toHaveLength(20);
    expect(demoCardDocuments('2026-11-18').filter(({ _id }) => cards.has(_id))).toEqual([]);
    await city.close();
  });
});
