import type { LocalizedText } from '$lib/documents/fields';

export const texts = (fi: string, sv: string, en: string): LocalizedText => ({ fi, sv, en });

/** Something with an id and a name in every language. */
export const named = (id: string, fi: string, sv: string, en: string) => ({ id, names: texts(fi, sv, en) });
