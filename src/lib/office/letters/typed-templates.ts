import * as v from 'valibot';
import {
  letterTemplates,
  type LetterTemplatesFields,
} from '$lib/documents/letters/letter-templates-document';
import type { Bilingual } from '$lib/domain/benefit/letter/letter-templates';

/** An office as a form has it: every field is text, and empty where nothing is known. */
export interface TypedOffice {
  name: Bilingual;
  street: string;
  postcode: string;
  town: string;
  phone: string;
  email: string;
}

export type TypedTemplates = Omit<LetterTemplatesFields, 'authority' | 'rectification' | 'court'> &
  Record<'authority' | 'rectification' | 'court', TypedOffice>;

type Office = LetterTemplatesFields['authority'];

const typedOffice = ({ name, address, phone, email }: Office): TypedOffice => ({
  name: { ...name },
  street: address?.street ?? '',
  postcode: address?.postcode ?? '',
  town: address?.town ?? '',
  phone: phone ?? '',
  email: email ?? '',
});

/** As a form edits them, with a field for each scheme of the catalogue. @param schemes ids */
export function typedTemplates(templates: LetterTemplatesFields, schemes: readonly string[]): TypedTemplates {
  const { authority, rectification, court, ofSchemes } = templates;
  const written = new Set(ofSchemes.map(({ scheme }) => scheme));
  const others = schemes.filter((scheme) => !written.has(scheme));
  return {
    ...structuredClone(templates),
    authority: typedOffice(authority),
    rectification: typedOffice(rectification),
    court: typedOffice(court),
    ofSchemes: [
      ...structuredClone(ofSchemes),
      ...others.map((scheme) => ({ scheme, provisions: { fi: '', sv: '' } })),
    ],
  };
}

const isWritten = ({ fi, sv }: Bilingual) => fi !== '' || sv !== '';

function officeOf({ name, street, postcode, town, phone, email }: TypedOffice) {
  const hasAddress = [street, postcode, town].some((text) => text.trim() !== '');
  return {
    name,
    ...(hasAddress && { address: { street, postcode: postcode.trim(), town } }),
    ...(phone.trim() !== '' && { phone }),
    ...(email.trim() !== '' && { email: email.trim() }),
  };
}

export type ReadTemplates =
  | { ok: true; templates: LetterTemplatesFields }
  /** Paths of fields that can't be stored as they are: `court.email`, `reasons.2.text.sv`. */
  | { ok: false; faults: ReadonlySet<string> };

/** What a form says, as it is stored. */
export function templatesFrom(typed: TypedTemplates): ReadTemplates {
  const result = v.safeParse(letterTemplates, {
    ...typed,
    authority: officeOf(typed.authority),
    rectification: officeOf(typed.rectification),
    court: officeOf(typed.court),
  });
  if (result.success) {
    const ofSchemes = result.output.ofSchemes.filter(({ provisions }) => isWritten(provisions));
    return { ok: true, templates: { ...result.output, ofSchemes } };
  }
  const paths = result.issues.map((issue) => (v.getDotPath(issue) ?? '').replace('.address.', '.'));
  return { ok: false, faults: new Set(paths) };
}
