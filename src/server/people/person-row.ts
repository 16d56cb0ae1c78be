import * as v from 'valibot';
import { personDocument, type PersonDocument } from '$lib/documents/people/person-document';
import { foldPerson } from '$lib/domain/benefit/person-life';
import { foldedPhone, foldedText } from './folded-text';

/** What is searched of a person, kept in memory. */
export interface PersonRow {
  id: string;
  given: string;
  family: string;
  birthYear: number;
  /** Numbers of cards, those of today first. */
  cards: readonly string[];
  /** Folded words with a space before each, for searching from the beginning of a word. */
  words: string;
  /** The folded name and birth year: two people who share it may be one. */
  likeness: string;
  /** Folded telephone number or e-mail address. */
  contact: string | undefined;
}

/** Undefined for somebody erased or merged, and for a document that can't be read. */
export function personRow(document: unknown): PersonRow | undefined {
  const parsed = v.safeParse(personDocument, document);
  if (!parsed.success || foldPerson(parsed.output.log)?.state !== 'active') return undefined;
  const { _id: id, facts, cards, erasing } = parsed.output;
  if (facts === undefined || erasing !== undefined) return undefined;
  const { name, birthYear } = facts;
  const contact = contactOf(facts.contact);
  const numbers = [...cards].sort((a, b) => (a.until ?? '9').localeCompare(b.until ?? '9') * -1);
  const folded = foldedText(`${name.family} ${name.given}`);
  return {
    id,
    given: name.given,
    family: name.family,
    birthYear,
    cards: numbers.map(({ number }) => number),
    words: ` ${folded} ${birthYear} ${numbers.map(({ number }) => number).join(' ')} ${contact ?? ''}`,
    likeness: `${folded.split(' ').sort().join(' ')} ${birthYear}`,
    contact,
  };
}

function contactOf(contact: NonNullable<PersonDocument['facts']>['contact']): string | undefined {
  switch (contact.kind) {
    case 'phone':
      return foldedPhone(contact.value);
    case 'email':
      return foldedText(contact.value);
    case 'post':
      return undefined;
  }
}
