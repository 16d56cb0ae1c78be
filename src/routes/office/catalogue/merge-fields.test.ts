import { expect, it } from 'vitest';
import type { SettingsDocument } from '$lib/documents/catalogue-documents';
import { differingFields, mergeFields } from './merge-fields';

const city: SettingsDocument = {
  _id: 'settings:city',
  type: 'settings',
  v: 1,
  names: { fi: 'Lehtoranta', sv: 'Lövstrand', en: 'Lehtoranta' },
  demo: true,
  cameraCodes: ['codabar'],
};

it('whether a city is a demo is not offered for a choice, and stays as it is stored', () => {
  const yours: SettingsDocument = { ...city, demo: false, cameraCodes: ['upc_a'] };
  const fields = differingFields(yours, city).map(({ field }) => field);
  expect(fields).toEqual(['cameraCodes']);
  expect(mergeFields(yours, city, new Set(fields))).toEqual({ ...city, cameraCodes: ['upc_a'] });
});
