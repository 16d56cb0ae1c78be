import { describe, expect, it } from 'vitest';
import en from '../../i18n/messages/en/demo.json';
import fi from '../../i18n/messages/fi/demo.json';
import sv from '../../i18n/messages/sv/demo.json';
import { demoServices, demoVenues } from './catalogue';
import { demoCardKinds, demoCards } from './demo-cards';

const today = '2026-11-18';
const messages: Record<'fi' | 'sv' | 'en', Record<string, string>> = { fi, sv, en };
const keyOf = (prefix: string, id: string) => `${prefix}_${id.replaceAll('-', '_')}`;

// The page is open to anybody, the catalogue is not: they must use the same names.
describe.each(['fi', 'sv', 'en'] as const)('the demo page in %s', (locale) => {
  it('names every venue as the catalogue does', () => {
    for (const { _id, names } of demoVenues(today)) {
      expect(messages[locale][keyOf('demo_venue', _id.slice('venue:'.length))]).toBe(names[locale]);
    }
  });

  it('names the services of the printed cards as the catalogue does', () => {
    const services = new Set(demoCards().map(({ service }) => `service:${service}`));
    for (const { _id, names } of demoServices(today).filter((service) => services.has(service._id))) {
      expect(messages[locale][keyOf('demo_service', _id.slice('service:'.length))]).toBe(names[locale]);
    }
  });

  it('says for every kind of card what the desk will show', () => {
    for (const kind of demoCardKinds) expect(messages[locale][keyOf('demo_card', kind)]).toBeTruthy();
  });
});
