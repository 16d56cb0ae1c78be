import { describe, expect, it } from 'vitest';
import type { CatalogueDocument } from '$lib/documents/catalogue/catalogue-documents';
import { m } from '$lib/paraglide/messages';
import { anOffering, aScheme, aService, aVenue } from '../../../../tests/builders';
import { explainStranding, strandingText } from './stranding';

const swim = aService('swim', { venues: ['hall', 'gym'], rule: { kind: 'limit', n: 3, per: 'week' } });
const course = aService('course', { rule: { kind: 'choice', n: 1 } });
const kinds = (before: CatalogueDocument | undefined, after: CatalogueDocument) =>
  explainStranding(before, after, [swim, course]).map(({ kind }) => kind);

describe('what an edit would strand', () => {
  it.each<[string, CatalogueDocument | undefined, CatalogueDocument, string[]]>([
    ['nothing changed', swim, swim, []],
    ['a name', swim, { ...swim, names: { fi: 'a', sv: 'b', en: 'c' } }, []],
    ['a looser limit', swim, { ...swim, rule: { kind: 'limit', n: 4, per: 'week' } }, []],
    ['no limit any more', swim, { ...swim, rule: { kind: 'unlimited' } }, []],
    ['a tighter limit', swim, { ...swim, rule: { kind: 'limit', n: 2, per: 'week' } }, ['rule-tighter']],
    ['another period', swim, { ...swim, rule: { kind: 'limit', n: 3, per: 'month' } }, ['rule-tighter']],
    [
      'over the sector',
      swim,
      { ...swim, rule: { kind: 'limit', n: 3, per: 'week', over: 'sector' } },
      ['rule-tighter'],
    ],
    ['a venue less', swim, { ...swim, venues: ['hall'] }, ['venue-removed']],
    ['another sector', swim, { ...swim, sector: 'culture' }, ['sector-changed']],
    ['no longer a choice', course, { ...course, rule: { kind: 'unlimited' } }, ['choices-idle']],
    ['a new service of a known sector', undefined, aService('sauna'), []],
    ['a new service of a new sector', undefined, aService('food', { sector: 'food' }), ['new-sector']],
    [
      'a service less for a card',
      aScheme('card'),
      aScheme('card', { services: ['swim'] }),
      ['service-removed'],
    ],
    [
      'another validity',
      aScheme('card'),
      aScheme('card', { startsOnFirstVisit: 'P6M' }),
      ['first-visit-changed'],
    ],
    ['another time zone', aVenue('hall'), aVenue('hall', { zone: 'UTC' }), ['zone-changed']],
    ['fewer seats', anOffering('a', { seats: 9 }), anOffering('a', { seats: 8 }), ['fewer-seats']],
    ['seats at all', anOffering('a'), anOffering('a', { seats: 8 }), ['fewer-seats']],
    ['cancelled', anOffering('a'), anOffering('a', { cancelled: true }), ['offering-cancelled']],
    ['moved', anOffering('a'), anOffering('a', { venue: 'x' }), ['offering-moved']],
    ['shorter', anOffering('a'), anOffering('a', { until: '2026-12-01' }), ['offering-shortened']],
  ])('%s', (_name, before, after, expected) => {
    expect(kinds(before, after)).toEqual(expected);
  });

  it('is shown with the names of what is meant', () => {
    const removed = { kind: 'venue-removed', service: 'swim', venue: 'gym' } as const;
    expect(strandingText(removed, (id) => `«${id}»`)).toBe(
      m.catalogue_strand_venue_removed({ service: '«service:swim»', venue: '«venue:gym»' }),
    );
  });
});
