import { isOverridable, type OverrideReason } from '$lib/domain/verdict';
import { checkVisit, type VisitCheck } from '$lib/store/check-visit';
import type { TiskiDatabase } from '$lib/store/database';
import { logVisit } from '$lib/store/log-visit';
import { voidVisit } from '$lib/store/void-visit';
import { playTone } from '$lib/ui/sounds';
import type { Tone } from '$lib/ui/verdict-text';

/** What stands on the counter's screen. */
export type DeskView =
  | { kind: 'ready' }
  | { kind: 'verdict'; check: VisitCheck }
  | { kind: 'logged'; check: VisitCheck; visitId: string; at: number }
  | { kind: 'undone'; check: VisitCheck }
  /** The device has no room: the visit is not logged. */
  | { kind: 'storage-full'; check: VisitCheck }
  /** The visit is still logged. */
  | { kind: 'undo-failed'; visitId: string; reason: 'storage-full' | 'not-allowed' }
  /** A fault of ours or of the browser's store: nothing may be believed but what was said to be logged. */
  | { kind: 'fault' };

/** An admitted card that was followed by another before its visit was logged. */
export interface SkippedVisit {
  check: VisitCheck;
  /** Logging it was tried, and the device had no room. */
  hasFailed: boolean;
}

interface Surroundings {
  db: TiskiDatabase;
  /** Device clock, ms. */
  now: () => number;
  randomId: () => string;
  isSoundOn: () => boolean;
}

const alreadyLogged = { outcome: 'already-logged', reason: 'already-logged' } as const;

const soundOf = (check: VisitCheck): Tone =>
  check.verdict.outcome === 'already-logged' ? 'done' : check.verdict.outcome;

/** Whether Enter logs this verdict: admitted, or a question that staff settle by logging. */
export const isLoggable = (check: VisitCheck) =>
  check.verdict.outcome === 'admit' || (check.verdict.outcome === 'ask' && check.card !== undefined);

export const canOverride = (check: VisitCheck) => isOverridable(check.verdict);

const shows = (view: DeskView, check: VisitCheck) =>
  (view.kind === 'verdict' || view.kind === 'storage-full') && view.check === check;

/**
 * One counter at work: scan, verdict, log, undo. Everything is decided on the device, at once (S14). What was
 * asked for is done in that order, one after another, so that a quick next card never takes another's place.
 */
export class DeskSession {
  view = $state.raw<DeskView>({ kind: 'ready' });
  skipped = $state.raw<SkippedVisit>();
  #turn: Promise<void> = Promise.resolve();
  readonly #logged = new WeakSet<VisitCheck>();
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** A code from any scanner; `service` is an id. */
  scan(text: string, service: string): Promise<void> {
    return this.#inTurn(async () => {
      const check = await checkVisit(this.#around.db, { text, service }, this.#around.now());
      const { view } = this;
      if (view.kind === 'verdict' && isLoggable(view.check) && view.check.text !== text) {
        this.skipped = { check: view.check, hasFailed: false };
      }
      this.view = { kind: 'verdict', check };
      this.#sound(soundOf(check));
    });
  }

  /** S1: the screen says logged only after the visit is stored. */
  log(check: VisitCheck, override?: OverrideReason): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#logged.has(check)) return;
      const { db, now, randomId } = this.#around;
      const logged = await logVisit(db, check, { deviceNow: now(), randomId, ...(override && { override }) });
      if (logged.kind === 'storage-full') return this.#sayFull(check);
      this.#logged.add(check);
      if (this.skipped?.check === check) this.skipped = undefined;
      if (shows(this.view, check)) {
        this.view =
          logged.kind === 'logged'
            ? { kind: 'logged', check, visitId: logged.visitId, at: Date.parse(logged.document.at) }
            : { kind: 'verdict', check: { ...check, verdict: { ...alreadyLogged, at: logged.at } } };
      }
      this.#sound('done');
    });
  }

  /** Undoes a visit of this desk, right after logging or from the day's list. */
  undo(visitId: string): Promise<void> {
    return this.#inTurn(async () => {
      const { db, now } = this.#around;
      const undone = await voidVisit(db, visitId, { deviceNow: now() });
      const { view } = this;
      switch (undone.kind) {
        case 'voided':
        case 'already-voided':
          if (view.kind === 'logged' && view.visitId === visitId) this.view = { ...view, kind: 'undone' };
          else if (view.kind === 'undo-failed') this.clear();
          return;
        case 'storage-full':
        case 'not-allowed':
          this.view = { kind: 'undo-failed', visitId, reason: undone.kind };
          this.#sound('refuse');
      }
    });
  }

  clear(): void {
    this.view = { kind: 'ready' };
  }

  dismissSkipped(): void {
    this.skipped = undefined;
  }

  #sayFull(check: VisitCheck): void {
    if (this.skipped?.check === check) this.skipped = { check, hasFailed: true };
    else this.view = { kind: 'storage-full', check };
    this.#sound('refuse');
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {
      this.view = { kind: 'fault' };
      this.#sound('refuse');
    });
    return done;
  }

  #sound(tone: Tone): void {
    if (this.#around.isSoundOn()) playTone(tone);
  }
}
