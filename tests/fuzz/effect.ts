/** JSON with sorted keys, without what CouchDB adds: S3's two copies of one document are one text. */
export const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([key]) => !['_rev', '_revisions'].includes(key))
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  );

/** Two documents that are equal have the same effect; of two that undo the same thing, each may be by another. */
export const effectOf = remembered((document: object): string =>
  isUndoing(document) ? document._id : sortedJson(document),
);

const isUndoing = (document: object): document is { _id: string } =>
  'type' in document && (document.type === 'void' || document.type === 'release');

/** Documents never change in place, and every transaction is checked against all of them. */
export function remembered<V extends object, T>(make: (value: V) => T): (value: V) => T {
  const known = new WeakMap<V, T>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const made = make(value);
    known.set(value, made);
    return made;
  };
}
