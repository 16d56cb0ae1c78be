import type { CouchClient, CouchReply } from '../src/server/couch/client';

/** A cluster that lacks nodes, as its administrator's client sees it. */
export interface Unsteady extends CouchClient {
  /** Writes seen so far. */
  readonly writes: number;
}

/** What happens to the write with this number, counted from 1. */
type Fate = (write: number) => 'stored' | 'accepted' | 'lost' | 'stored-and-unanswered';

const unavailable: CouchReply = { status: 503, body: { error: 'service_unavailable', reason: 'No quorum.' } };

/** 202 for what too few nodes have stored, 503 before or after something is stored. */
export function unsteadyClient(client: CouchClient, fate: Fate): Unsteady {
  let writes = 0;
  return {
    get writes() {
      return writes;
    },
    async request(method, path, body) {
      if (method !== 'PUT' && method !== 'DELETE') return client.request(method, path, body);
      writes += 1;
      const becomes = fate(writes);
      if (becomes === 'lost') return unavailable;
      const reply = await client.request(method, path, body);
      if (becomes === 'stored-and-unanswered') return unavailable;
      const isStored = reply.status === 200 || reply.status === 201;
      return becomes === 'accepted' && isStored ? { ...reply, status: 202 } : reply;
    },
  };
}
