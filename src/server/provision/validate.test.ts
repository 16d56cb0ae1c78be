import { describe, expect, it } from 'vitest';
import { parseDocument } from '$lib/documents/parse-document';
import { anOffering, aScheme, aService, aVenue, aVisit } from '../../../tests/builders';
import { compileValidator } from '../couch/validation';
import { validationSource, type DatabasePlan } from './databases';

/**
 * What a device can't read it puts in quarantine (S7): so what is wrong by the schemas must not get in. One table for
 * both, since CouchDB's functions can't use the schemas.
 */
const long = 'x'.repeat(65);
const longText = 'x'.repeat(201);
const names = { fi: longText, sv: '', en: '' };
const visit = aVisit('hall', 1);

const faulty: [DatabasePlan['validation'], string, { _id: string; [field: string]: unknown }][] = [
  ['catalogue', 'a sector with a long name', aService('x', { sector: long })],
  ['catalogue', 'a sector that begins with a dash', aService('x', { sector: '-x' })],
  ['catalogue', 'a service with a long id', aService(long)],
  ['catalogue', 'a service with a long name', aService('x', { names })],
  ['catalogue', 'a scheme with a long name', aScheme('x', { names })],
  ['catalogue', 'a venue with a long name', aVenue('x', { names })],
  ['catalogue', 'an offering with a long name', anOffering('x', { names })],
  ['visits', 'a visit of a scheme with a long name', { ...visit, scheme: long }],
  ['visits', 'a visit of a service with a long name', { ...visit, service: long }],
  ['visits', 'a visit of a service that is no name', { ...visit, service: 'A service' }],
  ['visits', 'a visit of a venue with a long name', { ...visit, venue: long }],
  ['visits', 'a visit of an offering with a long name', { ...visit, offering: long }],
];
const right: [DatabasePlan['validation'], string, { _id: string; [field: string]: unknown }][] = [
  ['catalogue', 'a service', aService('x')],
  ['catalogue', 'a sector with the longest name', aService('x', { sector: 'x'.repeat(64) })],
  ['catalogue', 'a scheme', aScheme('x')],
  ['catalogue', 'a venue', aVenue('x')],
  ['catalogue', 'an offering', anOffering('x')],
  ['visits', 'a visit', visit],
];

async function refusalOf(validation: DatabasePlan['validation'], document: { _id: string }) {
  const validate = compileValidator(await validationSource(validation));
  const [refusal] = await validate([
    JSON.stringify([document, null, { name: 'chief', roles: ['administrator'] }, {}]),
  ]);
  return refusal?.status;
}

describe('the validation functions and the schemas agree', () => {
  it.each(faulty)('%s: %s is refused, as a device would', async (validation, _name, document) => {
    expect(parseDocument(document)).toMatchObject({ ok: false, unreadable: { reason: 'invalid' } });
    expect(await refusalOf(validation, document)).toBe(403);
  });

  it.each(right)('%s: %s is taken by both', async (validation, _name, document) => {
    expect(parseDocument(document)).toMatchObject({ ok: true });
    expect(await refusalOf(validation, document)).toBeUndefined();
  });
});
