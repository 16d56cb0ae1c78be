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
  | { kind: 'storage-full'; check: VisitCheck };

interface Surroundings {
  db: TiskiDatabase;
  /** Device clock, ms. */
  now: () => number;
  randomId: () => string;
  isSoundOn: () => boolean;
}

const soundOf = (check: VisitCheck): Tone =>
  check.verdict.outcome === 'already-logged' ? 'done' : check.verdict.outcome;

/** Whether Enter logs this verdict: admitted, or a question that staff settle by logging. */
export const isLoggable = (check: VisitCheck) =>
  check.verdict.outcome === 'admit' || (check.verdict.outcome === 'ask' && check.card !== undefined);

export const canOverride = (check: VisitCheck) => isOverridable(check.verdict);

/** One counter at work: scan, verdict, log, undo. Everything is decided on the device, at once (S14). */
export class DeskSession {
  view = $state.raw<DeskView>({ kind: 'ready' });
  /** An admitted card that was followed by another before its visit was logged. */
  skipped = $state.raw<VisitCheck>();
  #isLogging = false;
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** A code from any scanner; `service` is an id. */
  async scan(text: string, service: string): Promise<void> {
    const before = this.view;
    const check = await checkVisit(this.#around.db, { text, service }, this.#around.now());
    if (before.kind === 'verdict' && isLoggable(before.check) && before.check.text !== check.text) {
      this.skipped = before.check;
    }
    this.view = { kind: 'verdict', check };
    this.#sound(soundOf(check));
  }

  /** S1: the screen says logged only after the visit is stored. */
  async log(check: VisitCheck, override?: OverrideReason): Promise<void> {
    if (this.#isLogging) return;
    this.#isLogging = true;
    try {
      const { db, now, randomId } = this.#around;
      const logged = await logVisit(db, check, { deviceNow: now(), randomId, ...(override && { override }) });
      if (this.skipped === check) this.skipped = undefined;
      switch (logged.kind) {
        case 'logged':
          this.view = {
            kind: 'logged',
            check,
            visitId: logged.visitId,
            at: Date.parse(logged.document.at),
          };
          return this.#sound('done');
        case 'already-logged':
          this.view = {
            kind: 'verdict',
            check: {
              ...check,
              verdict: { outcome: 'already-logged', reason: 'already-logged', at: logged.at },
            },
          };
          return this.#sound('done');
        case 'storage-full':
          this.view = { kind: 'storage-full', check };
          return this.#sound('refuse');
      }
    } finally {
      this.#isLogging = false;
    }
  }

  /** Undoes a visit of this desk, right after logging or from the day's list. */
  async undo(visitId: string): Promise<void> {
    const { db, now } = this.#around;
    const undone = await voidVisit(db, visitId, { deviceNow: now() });
    const { view } = this;
    if (view.kind !== 'logged' || view.visitId !== visitId) return;
    this.view =
      undone.kind === 'storage-full' ? { ...view, kind: 'storage-full' } : { ...view, kind: 'undone' };
  }

  clear(): void {
    this.view = { kind: 'ready' };
  }

  dismissSkipped(): void {
    this.skipped = undefined;
  }

  #sound(tone: Tone): void {
    if (this.#around.isSoundOn()) playTone(tone);
  }
}
