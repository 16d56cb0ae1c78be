import type { Letter } from './letter';

/** What a letter can't be made without, in the order in which it says it. */
export const missingParts = [
  'recipient',
  'language',
  'address',
  'email',
  'email-consent',
  'authority',
  'scheme',
  'validity',
  'services',
  'reasons',
  'reason-template',
  'provisions',
  'official',
  'official-contact',
  'rectification-body',
  'rectification-address',
  'court',
  'court-address',
] as const;
export type MissingPart = (typeof missingParts)[number];

/** B40 B41 B43: what has to be added before the letter can be sent; empty when nothing is. */
export function missingFrom(letter: Letter): MissingPart[] {
  const { way, recipient, outcome, official, redress, authority } = letter;
  const isGranted = outcome === 'granted';
  const isReached = Boolean(redress.address ?? redress.email);
  const [isRectified, isAppealed] = [redress.kind === 'rectification', redress.kind === 'appeal'];
  const lacks: Record<MissingPart, boolean> = {
    recipient: recipient.name === '',
    language: !letter.isLanguageChosen,
    address: way === 'post' && !recipient.address,
    email: way === 'e-message' && !recipient.email,
    'email-consent': way === 'e-message' && !letter.hasConsented,
    authority: authority.name === '',
    scheme: letter.scheme === '',
    validity: isGranted && !letter.validity,
    services: isGranted && letter.services.length === 0,
    // Hallintolaki 45 §: what grants everything needs none.
    reasons: !isGranted && letter.reasons.length === 0,
    'reason-template': letter.unknownReasons.length > 0,
    provisions: letter.schemeProvisions.length === 0,
    official: !official,
    'official-contact': official !== undefined && !(official.phone ?? official.email),
    'rectification-body': isRectified && redress.name === '',
    'rectification-address': isRectified && !isReached,
    court: isAppealed && redress.name === '',
    'court-address': isAppealed && !isReached,
  };
  return missingParts.filter((part) => lacks[part]);
}
