import type { CatalogueDocument } from '../../src/lib/documents/catalogue/catalogue-documents';
import type { Unreadable } from '../../src/lib/documents/parse-document';
import type { LogDocument } from '../../src/lib/documents/visits/visit-documents';
import type { Stamp } from '../../src/lib/domain/time/confirm-time';
import type { Card } from '../../src/lib/domain/visit/card';
import type { Cursor } from '../../src/lib/sync/ports';

export interface OutboxEntry {
  database: string;
  state: 'unconfirmed' | 'waiting' | 'refused';
  document: LogDocument;
  /** R13: set while it is unconfirmed. */
  stamp?: Stamp;
  /** S4: what the server said. */
  refusal?: { status: number; reason: string };
  suspicions?: number;
}

/** What a device holds, in plain values: two stores that were told the same hold the same. */
export interface Held {
  cursors: Map<string, Cursor>;
  cards: Map<string, Card>;
  /** S7: numbers of cards about which staff are asked. */
  unreadableCards: Set<string>;
  /** R2: numbers of cards that were deleted. */
  deletedCards: Set<string>;
  catalogue: Map<string, CatalogueDocument>;
  log: Map<string, LogDocument>;
  outbox: Map<string, OutboxEntry>;
  quarantine: Map<string, Unreadable['reason']>;
}
