import * as v from 'valibot';
import type { DeskReport } from '$lib/documents/fleet/desk-report';
import type { Credentials, Outcome } from '$lib/sync/ports';
import type { ServerAddress } from './pairing';
import { basicAuthorization, requestJson } from './request';

/** The rules are read by counter-rules.ts, whose reader is tolerant. */
const taken = v.object({ ok: v.literal(true), rules: v.optional(v.unknown()) });
type Taken = v.InferOutput<typeof taken>;

/**
 * S15: reports this desk's state to the server, as the desk itself; the answer says what the counter may do.
 */
export async function sendDeskReport(
  server: ServerAddress,
  account: Credentials,
  report: DeskReport,
): Promise<Outcome<Taken>> {
  const headers = {
    authorization: basicAuthorization(account),
    accept: 'application/json',
    'content-type': 'application/json',
  };
  const init = { method: 'POST', headers, body: JSON.stringify(report) };
  return requestJson(`${server.apiUrl}/desks/report`, init, taken, { ...server, idleMs: 20_000 });
}
