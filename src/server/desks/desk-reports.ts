import * as v from 'valibot';
import { deskReport, type DeskReport } from '$lib/documents/fleet/desk-report';
import type { CouchClient } from '../couch/client';
import { readLocalState, writeLocalState } from './local-state';

const received = v.object({ receivedAt: v.pipe(v.string(), v.isoTimestamp()), report: deskReport });
/** A report, and when it arrived by the server's clock. */
export type ReceivedReport = v.InferOutput<typeof received>;

const storedReports = v.object({ v: v.literal(1), reports: v.record(v.string(), received) });
const stateName = 'desk-reports';

/**
 * S15: the last report of every account, in memory; `store` writes them all as one document. A crash loses a
 * minute at most, and every desk reports again within five.
 */
export class DeskReports {
  readonly #taken = new Map<string, ReceivedReport>();
  #isStored = true;

  constructor(private readonly client: CouchClient) {}

  take(account: string, report: DeskReport, now: Date): void {
    this.#taken.set(account, { receivedAt: now.toISOString(), report });
    this.#isStored = false;
  }

  /** By account: those received here, and those from before a restart or from another server process. */
  async all(): Promise<Map<string, ReceivedReport>> {
    const reports = await this.#stored();
    for (const [account, own] of this.#taken) {
      const other = reports.get(account);
      if (!other || other.receivedAt <= own.receivedAt) reports.set(account, own);
    }
    return reports;
  }

  /** @param accounts whose reports are kept: a device that was replaced no longer reports */
  async store(accounts: ReadonlySet<string>): Promise<void> {
    if (this.#isStored) return;
    this.#isStored = true;
    const kept = [...(await this.all())].filter(([account]) => accounts.has(account));
    const isWritten = await writeLocalState(this.client, stateName, {
      v: 1,
      reports: Object.fromEntries(kept),
    });
    if (!isWritten) this.#isStored = false;
  }

  async #stored(): Promise<Map<string, ReceivedReport>> {
    const parsed = v.safeParse(storedReports, await readLocalState(this.client, stateName));
    return new Map(parsed.success ? Object.entries(parsed.output.reports) : []);
  }
}
