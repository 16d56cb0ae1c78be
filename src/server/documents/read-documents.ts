import { visitsDatabase } from '$lib/documents/databases';
import { isLogDocument, parseDocument, type TiskiDocument } from '$lib/documents/parse-document';
import type { LogDocument } from '$lib/documents/visits/visit-documents';
import { requireOk, type CouchClient } from '../couch/client';
import { isJsonObject, type JsonObject } from '../couch/json';

/** A sector's documents of one type. */
export async function readLog(
  client: CouchClient,
  sector: string,
  type: LogDocument['type'],
): Promise<LogDocument[]> {
  const range = new URLSearchParams({ startkey: `"${type}:"`, endkey: `"${type};"` });
  return (await readDocuments(client, visitsDatabase(sector), {}, `&${range.toString()}`)).filter(
    isLogDocument,
  );
}

/** A database's readable documents: all, a range given by the query, or the body's `keys`. */
export async function readDocuments(
  client: CouchClient,
  database: string,
  body: object,
  range = '',
): Promise<TiskiDocument[]> {
  return (await readRows(client, database, body, range)).flatMap((row) => parsed(row['doc']));
}

/** The same, as rows of `_all_docs`. */
export async function readRows(
  client: CouchClient,
  database: string,
  body: object,
  range: string,
): Promise<JsonObject[]> {
  const path = `/${database}/_all_docs?include_docs=true${range}`;
  const answer = await requireOk(client, 'POST', path, body);
  const rows = isJsonObject(answer) && Array.isArray(answer['rows']) ? (answer['rows'] as unknown[]) : [];
  return rows.filter(isJsonObject);
}

/** What can't be read is in every desk's quarantine, and the office could not judge it either. */
export function parsed(document: unknown): TiskiDocument[] {
  const read = parseDocument(document);
  return read.ok ? [read.document] : [];
}
