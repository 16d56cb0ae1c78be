/**
 * JSON with sorted keys and without CouchDB's own `_rev` and `_revisions`: two copies of one document have
 * one canonical form, wherever they were stored (S3, and the hash chain of visits).
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).filter(([key]) => key !== '_rev' && key !== '_revisions');
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
