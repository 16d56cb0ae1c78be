import type { Timing } from './ports';

/** S15: how often a report is sent, ms; sooner if something has changed that somebody may act on. */
export const reportEvery = 5 * 60_000;
/** … but never more often than this. */
export const reportSpacing = 60_000;
/** Spreads the reports of two hundred desks that find the server again together, ms. */
const startSpread = 10_000;

export interface ReporterParts<T> {
  timing: Timing;
  /** What to report; undefined if nothing. */
  read(): Promise<T | undefined>;
  /** The part of it whose change is worth a report of its own. */
  materialOf(report: T): unknown;
  /** The outcome doesn't matter: the next report says the same. */
  send(report: T): Promise<void>;
}

export interface Reporter {
  /** A round of sync has ended: there may be news. */
  nudge(): void;
  /** Resolves when the current work has ended. */
  stop(): Promise<void>;
}

/**
 * Reports this desk's state to the server, beside the syncer and independent of it. Its own faults are
 * swallowed.
 */
export function startReporter<T>({ timing, read, materialOf, send }: ReporterParts<T>): Reporter {
  const stopping = new AbortController();
  let wake: (() => void) | undefined;
  let isNudged = false;
  let told = '';

  const sleep = async (ms: number, isWoken: boolean) => {
    if (isWoken && isNudged) return;
    const controller = new AbortController();
    const end = () => controller.abort();
    stopping.signal.addEventListener('abort', end);
    if (isWoken) wake = end;
    if (stopping.signal.aborted) end();
    await timing.sleep(ms, controller.signal);
    wake = undefined;
    stopping.signal.removeEventListener('abort', end);
  };

  async function tell(isDue: boolean): Promise<boolean> {
    try {
      const report = await read();
      if (report === undefined) return false;
      const material = JSON.stringify(materialOf(report));
      if (!isDue && material === told) return false;
      told = material;
      await send(report);
      return true;
    } catch {
      // No room, a closed database, no line: nobody should be bothered because of a report.
      return false;
    }
  }

  async function run(): Promise<void> {
    await sleep(timing.random() * startSpread, false);
    let dueAt = timing.now();
    while (!stopping.signal.aborted) {
      isNudged = false;
      const isDue = timing.now() >= dueAt;
      const isSent = await tell(isDue);
      if (isSent || isDue) dueAt = timing.now() + reportEvery * (0.9 + 0.2 * timing.random());
      if (isSent) await sleep(reportSpacing, false);
      await sleep(Math.max(0, dueAt - timing.now()), true);
    }
  }

  const ended = run();
  return {
    nudge() {
      isNudged = true;
      wake?.();
    },
    stop() {
      stopping.abort();
      return ended;
    },
  };
}
