import { canonicalJson } from '../../../src/lib/documents/canonical';
import type { VisitDocument } from '../../../src/lib/documents/visits/visit-documents';
import { visitHash } from '../../../src/lib/documents/visits/visit-hash';
import { requireOk, type CouchClient } from '../../../src/server/couch/client';
import { isJsonObject, type JsonObject } from '../../../src/server/couch/json';
import { aVisit } from '../../builders';

const database = 'tiski-visits-liikunta';

/** A paired device: what it logs, and sends until it is acknowledged (S3). */
export class Device {
  readonly logged: VisitDocument[] = [];
  readonly acknowledged = new Set<string>();
  isSending = false;

  constructor(
    readonly desk: string,
    readonly account: string,
  ) {}

  log(card: string, at: number): VisitDocument {
    const before = this.logged.at(-1);
    const visit = aVisit(this.account, this.logged.length + 1, {
      card,
      at: new Date(at).toISOString(),
      previous: before ? visitHash(before) : '',
    });
    this.logged.push(visit);
    return visit;
  }

  get waiting(): VisitDocument[] {
    return this.logged.filter(({ _id }) => !this.acknowledged.has(_id));
  }

  /** One attempt; what is not acknowledged waits for the next. */
  async send(client: CouchClient): Promise<void> {
    const docs = this.waiting;
    const rows = await requireOk(client, 'POST', `/${database}/_bulk_docs`, { docs });
    const answered = Array.isArray(rows) ? (rows as JsonObject[]) : [];
    for (const { id, ok } of answered) if (ok === true) this.acknowledged.add(String(id));
    const met = answered.filter(({ error }) => error === 'conflict').map(({ id }) => id);
    if (met.length === 0) return;
    const body = await requireOk(client, 'POST', `/${database}/_all_docs?include_docs=true`, { keys: met });
    const found = isJsonObject(body) ? (body['rows'] as JsonObject[]) : [];
    for (const { key, doc } of found) {
      const own = docs.find(({ _id }) => _id === key);
      if (own && canonicalJson(doc) === canonicalJson(own)) this.acknowledged.add(own._id);
    }
  }
}
