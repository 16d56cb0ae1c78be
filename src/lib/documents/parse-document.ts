import * as v from 'valibot';
import {
  keyDocument,
  offeringDocument,
  rescueKeyDocument,
  schemeDocument,
  serviceDocument,
  settingsDocument,
  venueDocument,
} from '$lib/documents/catalogue/catalogue-documents';
import { cardDocument } from '$lib/documents/register/card-document';
import { snapshotDocument } from '$lib/documents/register/packed/snapshot-document';
import {
  choiceDocument,
  releaseDocument,
  resolutionDocument,
  visitDocument,
  voidDocument,
  type LogDocument,
} from '$lib/documents/visits/visit-documents';
import { typesIn, type DeskDatabase, type DeskType } from './databases';

/** Schema of every document type that desks read, by `type`. */
export const documentSchemas = {
  card: cardDocument,
  snapshot: snapshotDocument,
  scheme: schemeDocument,
  service: serviceDocument,
  venue: venueDocument,
  offering: offeringDocument,
  key: keyDocument,
  'rescue-key': rescueKeyDocument,
  settings: settingsDocument,
  visit: visitDocument,
  void: voidDocument,
  choice: choiceDocument,
  release: releaseDocument,
  resolution: resolutionDocument,
} satisfies Record<DeskType, v.GenericSchema>;
export type DocumentType = keyof typeof documentSchemas;
export type TiskiDocument = v.InferOutput<(typeof documentSchemas)[DocumentType]>;

/** A database's document types: a document of another type in it is never trusted. */
export const typesOf: Record<DeskDatabase, readonly DocumentType[]> = {
  register: typesIn('register'),
  catalogue: typesIn('catalogue'),
  visits: typesIn('visits'),
};

/** Newest schema version this build understands; the same for all types so far. */
const newestVersion = 1;

/** Why a document can't be used (S7). */
export type Unreadable =
  /** Made by a newer Tiski: update the app. */
  | { reason: 'newer-version' }
  /** A type this build doesn't know. */
  | { reason: 'unknown-type' }
  /** Fields are missing or wrong; one English line per fault, "path: message". */
  | { reason: 'invalid'; faults: string[] };

export type Parsed = { ok: true; document: TiskiDocument } | { ok: false; unreadable: Unreadable };

/** Whether it belongs in a sector's log. */
export function isLogDocument(document: TiskiDocument): document is LogDocument {
  return typesOf.visits.includes(document.type);
}

const isKnownType = (type: unknown): type is DocumentType =>
  typeof type === 'string' && Object.hasOwn(documentSchemas, type);

/** The one border where documents come in, from the server or from a file. Never throws. */
export function parseDocument(raw: unknown): Parsed {
  if (typeof raw !== 'object' || raw === null) return invalid(['document: must be an object']);
  const { type, v: version, _id: id } = raw as { type?: unknown; v?: unknown; _id?: unknown };
  if (typeof version === 'number' && version > newestVersion) {
    return { ok: false, unreadable: { reason: 'newer-version' } };
  }
  if (!isKnownType(type)) return { ok: false, unreadable: { reason: 'unknown-type' } };
  const result = v.safeParse(documentSchemas[type], raw);
  if (!result.success) return invalid(result.issues.map((issue) => faultLine(issue)));
  if (typeof id === 'string' && !id.startsWith(`${type}:`)) return invalid([`_id: must start with ${type}:`]);
  if (result.output.type === 'card' && id !== `card:${result.output.number}`) {
    return invalid(['_id: must be card: and the number']);
  }
  return { ok: true, document: result.output };
}

function faultLine(issue: v.BaseIssue<unknown>): string {
  return `${v.getDotPath(issue) ?? 'document'}: ${issue.message}`;
}

function invalid(faults: string[]): Parsed {
  return { ok: false, unreadable: { reason: 'invalid', faults } };
}
