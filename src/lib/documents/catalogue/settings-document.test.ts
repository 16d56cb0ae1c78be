import { expect, it } from 'vitest';
import { parseDocument } from '$lib/documents/parse-document';

const city = {
  _id: 'settings:city',
  type: 'settings',
  v: 1,
  names: { fi: 'Lehtoranta', sv: 'Lövstrand', en: 'Lehtoranta' },
};

it('a city may say which codes its cards carry, but need not', () => {
  const chosen = { ...city, cameraCodes: ['codabar', 'upc_e'] };
  expect(parseDocument(chosen)).toEqual({ ok: true, document: chosen });
  expect(parseDocument(city)).toEqual({ ok: true, document: city });
});

it.each([true, false, 'yes'])('demo: %j from an older version is read, and dropped', (demo) => {
  expect(parseDocument({ ...city, demo })).toEqual({ ok: true, document: city });
});

it.each([[['qr_code', 'telepathy']], ['codabar'], [[1]]])(
  '%j is not a valid choice of codes',
  (cameraCodes) => {
    expect(parseDocument({ ...city, cameraCodes })).toMatchObject({
      ok: false,
      unreadable: { reason: 'invalid' },
    });
  },
);
