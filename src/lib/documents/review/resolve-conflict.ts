import type {
  ReleaseDocument,
  ResolutionDocument,
  VoidDocument,
} from '$lib/documents/visits/visit-documents';
import type { Conflict, ConflictEntry } from '$lib/domain/review/conflicts';
import type { Instant } from '$lib/domain/time/day';

/** How somebody resolves a conflict. */
export type Resolving =
  | { kind: 'accept' }
  | { kind: 'contact' }
  /** `kept`: the entries that still count; all others are undone. */
  | { kind: 'keep'; kept: readonly string[] }
  /** `undone`: entries that are undone; the others wait for their own resolution. */
  | { kind: 'undo'; undone: readonly string[] };

interface Made {
  /** Account of whoever resolves it. */
  by: string;
  at: Instant;
  /** Returns a ULID. */
  randomId: () => string;
}

/** The documents that this takes, all of them new: the resolution, and what it undoes. */
export function documentsOfResolution(
  conflict: Conflict,
  resolving: Resolving,
  { by, at, randomId }: Made,
): { resolution: ResolutionDocument; undone: (VoidDocument | ReleaseDocument)[] } {
  const iso = new Date(at).toISOString();
  const ids = conflict.entries.map(({ id }) => id);
  const seen = resolving.kind === 'undo' ? ids.filter((id) => resolving.undone.includes(id)) : ids;
  const kept = resolving.kind === 'undo' ? [] : resolving.kind === 'keep' ? resolving.kept : undefined;
  return {
    resolution: {
      _id: `resolution:${by}:${randomId()}`,
      type: 'resolution',
      v: 1,
      conflict: conflict.id,
      documents: seen,
      decision: resolving.kind === 'undo' ? 'keep' : resolving.kind,
      ...(kept && { kept: [...kept] }),
      by,
      at: iso,
    },
    undone: conflict.entries
      .filter(({ id }) => kept !== undefined && seen.includes(id) && !kept.includes(id))
      .map((entry) => undo(entry, by, iso)),
  };
}

function undo(entry: ConflictEntry, by: string, at: string): VoidDocument | ReleaseDocument {
  const { id, card, service, desk, offering } = entry;
  if (!id.startsWith('choice:')) {
    return { _id: `void:${id}`, type: 'void', v: 1, visit: id, card, service, desk, by, at };
  }
  return {
    _id: `release:${id}`,
    type: 'release',
    v: 1,
    choice: id,
    card,
    service,
    offering: offering ?? '',
    by,
    reason: 'review',
    at,
  };
}
