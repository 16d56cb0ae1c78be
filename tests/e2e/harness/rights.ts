import { decideCase, expectedVerdict, rightsCases } from '../../rights-cases';

const plain = (value: unknown) =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** The number of cases, and those that this browser decides otherwise than rights.json says. */
export function decideAll(): { count: number; differing: string[] } {
  const differing = rightsCases
    .filter((given) => plain(decideCase(given)) !== plain(expectedVerdict(given)))
    .map(({ name, expect }) => `${name}: ${plain(expect)}`);
  return { count: rightsCases.length, differing };
}
