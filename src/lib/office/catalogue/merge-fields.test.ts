import { expect, it } from 'vitest';
import type { SettingsDocument } from '$lib/documents/catalogue/catalogue-documents';
import { differingFields, mergeFields } from './merge-fields';

const city: SettingsDocument = {
  _id: 'settings:city',
  type: 'settings',
  v: 1,
  names: { fi: 'Lehtoranta', sv: 'Lövstrand', en: 'Lehtoranta' },
  cameraCodes: ['codabar'],
};

it('what is the same in both is not offered for a choice', () => {
  const yours: SettingsDocument = { ...city, cameraCodes: ['upc_a'] };
  const fields = differingFields(yours, city).map(({ field }) => field);
  expect(fields).toEqual(['cameraCodes']);
  expect(mergeFields(yours, city, new Set(fields))).toEqual({ ...city, cameraCodes: ['upc_a'] });
});
