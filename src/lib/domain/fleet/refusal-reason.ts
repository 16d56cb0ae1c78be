/**
 * Why a server's rules refuse a document: `code: Sentence.` The code is for programs, the sentence for
 * people.
 */
const coded = /^([a-z]+(?:-[a-z]+)+): (.*)$/s;

/** undefined for a reason without a code: CouchDB's own, or an older server's. */
export const codeOf = (reason: string): string | undefined => coded.exec(reason)?.[1];

export const sentenceOf = (reason: string): string => coded.exec(reason)?.[2] ?? reason;

/**
 * Header of a client that understands codes: others compare whole sentences, so they get only the sentences.
 */
export const readsCodes = { name: 'tiski-reasons', value: 'coded' } as const;
