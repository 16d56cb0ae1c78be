/**
 * Reasons from servers without codes, and in rows that such a server refused and that are still in an outbox:
 * recognized by their sentences, which never change again.
 */
const codeBySentence: Readonly<Record<string, string>> = {
  'Only desks and the office write visits.': 'not-allowed',
  'A desk writes its own documents only.': 'not-your-document',
  'desk must be the desk that the _id names.': 'not-your-document',
  'A desk undoes choices of its own only.': 'not-your-document',
  'This desk does not belong to that venue.': 'not-your-venue',
  'What goes on counting is decided by the office.': 'office-only',
  'The document is too large.': 'too-large',
  'Visits never change. Write a void to undo one.': 'never-changes',
};

/** A version, a value or a member that the server does not know. */
const newerForm =
  /^(v: must be 1\.|(?!_)[\w.]+: must be one of .*|(?!_)[\w.]+: is not a member of this type\.)$/;

export function codeOfOlderReason(sentence: string): string | undefined {
  if (Object.hasOwn(codeBySentence, sentence)) return codeBySentence[sentence];
  return newerForm.test(sentence) ? 'newer-form' : undefined;
}
