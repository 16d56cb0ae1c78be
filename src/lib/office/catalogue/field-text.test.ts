import { describe, expect, it } from 'vitest';
import type { SettingsDocument } from '$lib/documents/catalogue/catalogue-documents';
import { overwriteGetLocale } from '$lib/paraglide/runtime';
import { anOffering, aScheme, aService, aVenue } from '../../../../tests/builders';
import type { EditedDocument } from './entry-lists';
import { fieldLabel, fieldText } from './field-text';

overwriteGetLocale(() => 'en');

const why = { fi: 'Huolto', sv: 'Service', en: 'Maintenance' };
const weekdays = [1, 2, 3, 4, 5];
const limit = { kind: 'limit', n: 3, per: 'week' } as const;

const scheme = aScheme('card', {
  services: ['swim', 'gym'],
  graceDays: 14,
  startsOnFirstVisit: 'P6M',
  fee: 1250,
  companions: { children: 2, childrenUnder: 16, assistant: true },
  rules: { swim: limit },
});
const service = aService('swim', {
  venues: ['hall'],
  listPrice: 600,
  rule: limit,
  paused: { since: '2026-12-01', until: '2026-12-06', why },
  hours: [{ weekdays, from: '06:00', to: '15:00' }],
});
const venue = aVenue('hall', {
  hours: [{ weekdays, from: '06:00', to: '21:30' }],
  exceptions: [
    { from: '2026-12-24', to: '2026-12-26', hours: [] },
    { from: '2026-12-31', to: '2026-12-31', hours: [{ from: '10:00', to: '14:00' }], why },
  ],
});
const offering = anOffering('course', {
  service: 'swim',
  venue: 'hall',
  choosableUntil: '2026-12-01',
  startsAt: '18:30',
  seats: 12,
});
const city: SettingsDocument = {
  _id: 'settings:city',
  type: 'settings',
  v: 1,
  names: why,
  cameraCodes: ['codabar', 'upc_a'],
};
const name = (id: string) => `the ${id.replace(':', ' ')}`;

describe('what a field of the catalogue holds, in words', () => {
  it.each<[string, string, EditedDocument]>([
    ['services', 'the service swim, the service gym', scheme],
    ['fee', '12,50', scheme],
    ['companions', 'children under 16 allowed: 2, an assistant allowed', scheme],
    ['rules', 'the service swim: 3 times a week', scheme],
    ['rule', '3 times a week', service],
    ['hours', 'Mon–Fri 6–15', service],
    ['paused', 'Paused 01/12/2026–06/12/2026. Huolto / Service / Maintenance', service],
    ['hours', 'Mon–Fri 6–21:30', venue],
    [
      'exceptions',
      '24/12/2026–26/12/2026: Closed all day; 31/12/2026: 10–14 (Huolto / Service / Maintenance)',
      venue,
    ],
    ['stale', '7; asks staff', venue],
    ['venue', 'the venue hall', offering],
    ['from', '01/09/2026', offering],
    ['cameraCodes', 'Codabar, UPC-A', city],
  ])('%s: %s', (field, expected, document) => {
    expect(fieldText(field, { ...document }[field as keyof EditedDocument], document, name)).toBe(expected);
  });

  it.each([scheme, service, venue, offering, city])('leaves no field of $_id in its raw form', (document) => {
    for (const [field, value] of Object.entries(document)) {
      if (['_id', 'type', 'v'].includes(field)) continue;
      expect(fieldLabel(field, document)).not.toBe(field);
      expect(fieldText(field, value, document, name)).not.toMatch(/[{}[\]"]|P6M/);
    }
  });

  it('says that there is nothing', () => {
    expect(fieldText('hours', undefined, venue, name)).toBe('(nothing)');
    expect(fieldText('exceptions', [], venue, name)).toBe('(nothing)');
  });
});
