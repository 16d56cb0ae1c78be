import type { DeskReport } from '$lib/documents/fleet/desk-report';
import { explainGaps } from '$lib/domain/fleet/desk-gaps';
import type { CouchClient } from '../couch/client';
import { unshared, type Lease } from '../lease/lease';
import { allDesks, deskIdOf, type DeskDocument } from './desk-document';
import { DeskReports, type ReceivedReport } from './desk-reports';
import { VisitFollower } from './follow-visits';
import { DeskSettler } from './settle-desks';

/** What is wrong with the numbering of one account's visits (S15). Ranges include both ends. */
export interface AccountFaults {
  account: string;
  /** Of an earlier device of the desk. */
  isFormer: boolean;
  /** Numbers that never arrived, and that are not waiting on the desk either. */
  lost: { from: number; to: number }[];
  usedTwice: number[];
  broken: number[];
  /** Documents with two versions. */
  conflicting: number;
}

/** How a desk is, from the office's point of view. */
export interface DeskState {
  id: string;
  /** ISO instant by the server's clock. */
  lastHeard?: string;
  report?: DeskReport;
  /** Only accounts with a fault. */
  faults: AccountFaults[];
}

export interface DeskAndReport {
  desk: DeskDocument;
  received?: ReceivedReport;
}

/** How often it checks for new visits and stores its state, ms. */
const everyMs = 60_000;
/** Pages of changes per round: while somebody waits, and while nobody does. */
const [pagesForALook, pagesAtLeisure] = [4, 40];

/** S15: which desks need help. Costs nothing until it is asked or started. */
export class DeskWatch {
  readonly #reports: DeskReports;
  readonly #follower: VisitFollower;
  readonly #settler: DeskSettler;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: CouchClient,
    private readonly onFault: (error: unknown) => void,
    /** Of several servers one follows the visits and stores the results; the others continue from those. */
    private readonly lease: Lease = unshared,
  ) {
    this.#reports = new DeskReports(client);
    this.#follower = new VisitFollower(client, lease);
    this.#settler = new DeskSettler(client);
  }

  take(account: string, report: DeskReport, now: Date): void {
    this.#reports.take(account, report, now);
  }

  /** All desks with their last reports; does not read visits. */
  async reports(): Promise<DeskAndReport[]> {
    const [desks, reports] = [await allDesks(this.client), await this.#reports.all()];
    return desks.map((desk) => {
      const received = reports.get(desk.account);
      return { desk, ...(received && { received }) };
    });
  }

  /**
   * All desks; `otherConflicts` of accounts that belong to no desk; `isCounting` while there are unread
   * visits.
   */
  async look(): Promise<{ states: DeskState[]; otherConflicts: number; isCounting: boolean }> {
    const isAll = await this.#follower.catchUp(pagesForALook);
    const [desks, reports] = [await allDesks(this.client), await this.#reports.all()];
    const known = new Set(desks.flatMap(({ account, formerAccounts = [] }) => [account, ...formerAccounts]));
    return {
      otherConflicts: this.#follower
        .accountsInConflict()
        .filter((account) => !known.has(account))
        .reduce((sum, account) => sum + this.#follower.conflictsOf(account).length, 0),
      states: desks.map((desk) => this.#stateOf(desk, reports.get(desk.account), isAll)),
      isCounting: !isAll,
    };
  }

  /** Starts to follow; returns a function that stops it and stores the state. */
  start(): () => Promise<void> {
    const work = () => {
      this.#running = this.#work().then(() => {
        if (this.#timer !== undefined) this.#timer = setTimeout(work, everyMs).unref();
      });
    };
    this.#timer = setTimeout(work, everyMs).unref();
    return async () => {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      await this.#running;
      await this.#store();
    };
  }

  async #work(): Promise<void> {
    try {
      // Rights depend on it, so each server checks, with the lease or without.
      await this.#settler.settle(new Date());
      if (this.lease.isHeld()) await this.#follower.catchUp(pagesAtLeisure);
    } catch (error) {
      this.onFault(error);
    }
    await this.#store();
  }

  async #store(): Promise<void> {
    try {
      const desks = await allDesks(this.client);
      await this.#reports.store(new Set(desks.map(({ account }) => account)));
      await this.#follower.store();
    } catch (error) {
      this.onFault(error);
    }
  }

  #stateOf(desk: DeskDocument, received: ReceivedReport | undefined, isAll: boolean): DeskState {
    const accounts = [desk.account, ...(desk.formerAccounts ?? [])];
    const faults = accounts.map((account): AccountFaults => {
      const { last, gaps, usedTwice, broken } = this.#follower.stateOf(account);
      const isFormer = account !== desk.account;
      const { report } = received ?? {};
      const unsent = report?.unsent.filter((range) => range.account === account) ?? [];
      const lastNumber = isFormer ? undefined : report?.lastNumber;
      const arrived = { last, gaps, unsent, ...(lastNumber !== undefined && { lastNumber }) };
      // What has not been checked yet is not lost.
      const lost = isAll ? explainGaps(arrived) : [];
      const conflicting = this.#follower.conflictsOf(account).length;
      return { account, isFormer, lost, usedTwice, broken, conflicting };
    });
    return {
      id: deskIdOf(desk),
      ...(received && { lastHeard: received.receivedAt, report: received.report }),
      faults: faults.filter(
        ({ lost, usedTwice, broken, conflicting }) =>
          lost.length + usedTwice.length + broken.length + conflicting > 0,
      ),
    };
  }
}
