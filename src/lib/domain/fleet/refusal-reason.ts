/** Why a server's rules refuse a document: `code: Sentence.` A code is for programs, the sentence for people. */
const coded = /^([a-z]+(?:-[a-z]+)+): (.*)$/s;

/** undefined for a reason without one: CouchDB's own, or an older server's. */
export const codeOf = (reason: string): string | undefined => coded.exec(reason)?.[1];

export const sentenceOf = (reason: string): string => coded.exec(reason)?.[2] ?? reason;

/** Header of a client that reads codes: others compare whole sentences, so they get the sentences alone. */
export const readsCodes = { name: 'tiski-reasons', value: 'coded' } as const;
