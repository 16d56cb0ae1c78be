import { canonicalJson } from '$lib/documents/canonical';
import type { EditedDocument } from './entry-lists';

/** A field that differs between two people's versions. */
export interface DifferingField {
  field: string;
  yours: unknown;
  theirs: unknown;
}

const asRecord = (document: EditedDocument): Record<string, unknown> => ({ ...document });
/** Fields that no form changes. */
const fixed = new Set(['_id', 'type', 'v']);

/** The fields in which two versions of a document differ. */
export function differingFields(yours: EditedDocument, theirs: EditedDocument): DifferingField[] {
  const [own, others] = [asRecord(yours), asRecord(theirs)];
  return [...new Set([...Object.keys(own), ...Object.keys(others)])]
    .filter((field) => !fixed.has(field))
    .filter((field) => canonicalJson(own[field] ?? null) !== canonicalJson(others[field] ?? null))
    .map((field) => ({ field, yours: own[field], theirs: others[field] }));
}

/** Their version, with your values for the chosen fields. */
export function mergeFields(
  yours: EditedDocument,
  theirs: EditedDocument,
  chosenYours: ReadonlySet<string>,
): EditedDocument {
  const own = asRecord(yours);
  const kept = Object.entries(asRecord(theirs)).filter(([field]) => !chosenYours.has(field));
  const chosen = [...chosenYours].flatMap((field) => (own[field] === undefined ? [] : [[field, own[field]]]));
  return Object.fromEntries([...kept, ...chosen]) as EditedDocument;
}
