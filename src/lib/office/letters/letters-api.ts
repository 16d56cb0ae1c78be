import * as v from 'valibot';
import {
  letterTemplates,
  type LetterTemplatesFields,
} from '$lib/documents/letters/letter-templates-document';
import type { Ask } from '$lib/office/session/ask';

/** The texts of letters, as the signed-in person (session cookie). */

const stored = v.object({ templates: letterTemplates, rev: v.optional(v.string()) });
export type StoredTemplates = v.InferOutput<typeof stored>;

export const readTemplates = (ask: Ask) => ask('GET', '/api/letter-templates', stored);

/** `changed` if somebody else was faster. @param rev of the texts that were changed, if any were stored */
export const saveTemplates = (ask: Ask, templates: LetterTemplatesFields, rev: string | undefined) =>
  ask('POST', '/api/letter-templates', stored, { templates, rev });
