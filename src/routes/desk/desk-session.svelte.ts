import type { Mend } from '$lib/domain/code/code-readings';
import type { ScannerProfile } from '$lib/domain/code/scanner-profile';
import type { ScannedCode } from '$lib/domain/code/scan-code';
import type { Signature } from '$lib/domain/code/signed-code';
import { headCount, type People } from '$lib/domain/visit/people';
import { canBeLogged, isOverridable, type OverrideReason } from '$lib/domain/visit/verdict';
import { checkScan, type ScannedTexts } from '$lib/store/check-scan';
import { checkVisit, type VisitCheck, type VisitQuestion } from '$lib/store/check-visit';
import { chooseOffering, releaseChoice } from '$lib/store/choose-offering';
import type { TiskiDatabase } from '$lib/store/database';
import { cardNumberOf, logVisit } from '$lib/store/log-visit';
import { voidVisit } from '$lib/store/void-visit';
import { playTone } from '$lib/ui/sounds';
import type { Tone } from '$lib/ui/verdict-text';

/** What is on the counter's screen. */
export type DeskView =
  | { kind: 'ready' }
  | { kind: 'verdict'; check: VisitCheck }
  | { kind: 'logged'; check: VisitCheck; visitId: string; at: number }
  | { kind: 'undone'; check: VisitCheck }
  /** R9: the card's choice is stored. */
  | { kind: 'chosen'; check: VisitCheck; choiceId: string; offering: string }
  | { kind: 'choice-undone'; check: VisitCheck }
  /** The device has no room: the visit is not logged. */
  | { kind: 'storage-full'; check: VisitCheck }
  /** The visit is still logged. */
  | { kind: 'undo-failed'; visitId: string; reason: 'storage-full' | 'not-allowed' }
  /** The choice still stands. */
  | { kind: 'release-failed'; choiceId: string; reason: 'storage-full' | 'not-allowed' }
  /** A fault of ours or of the browser's storage: only what was reported as logged can be trusted. */
  | { kind: 'fault' };

/** An admitted card that was followed by another before its visit was logged. */
export interface SkippedVisit {
  check: VisitCheck;
  /** Logging it was tried, but the device had no room. */
  hasFailed: boolean;
}

/** What the last scan was, and what its scanner had done to it. */
export interface LastScan {
  /** As it came. */
  text: string;
  mends: readonly Mend[];
  isAmbiguous: boolean;
}

interface DeskDependencies {
  db: TiskiDatabase;
  /** Device clock, ms. */
  now: () => number;
  /** A steady clock, the one of events' time stamps, ms. */
  steadyNow: () => number;
  randomId: () => string;
  /** R2: see Tiski.signatureOf. */
  signatureOf: (code: ScannedCode) => Promise<Signature | undefined>;
  isSoundOn: () => boolean;
  /** What is known about the desk's scanners. */
  profile: () => ScannerProfile;
  /** For queues: an admitted card with nothing to choose is logged as soon as it is scanned. */
  logsAtOnce: () => boolean;
}

const alreadyLogged = { outcome: 'already-logged', reason: 'already-logged' } as const;

const soundOf = (check: VisitCheck): Tone =>
  check.verdict.outcome === 'already-logged' ? 'done' : check.verdict.outcome;

/** Whether Enter logs this verdict: admitted, or a question that staff settle by logging. */
export const isLoggable = (check: VisitCheck) =>
  canBeLogged(check.verdict) && (check.verdict.outcome === 'admit' || cardNumberOf(check) !== undefined);

export const canOverride = (check: VisitCheck) => isOverridable(check.verdict);

const showsChoice = (view: DeskView, choiceId: string): view is DeskView & { kind: 'chosen' | 'verdict' } =>
  (view.kind === 'chosen' && view.choiceId === choiceId) ||
  (view.kind === 'verdict' && view.check.freshChoice === choiceId);

/** A card's number typed after its code was scanned, or its other code. */
const isSameCard = (a: VisitCheck, b: VisitCheck) =>
  a.question.text === b.question.text || cardNumberOf(a) === cardNumberOf(b);

const shows = (view: DeskView, check: VisitCheck) =>
  (view.kind === 'verdict' || view.kind === 'storage-full') && view.check === check;

/**
 * One counter at work: scan, verdict, log, undo. Everything is decided on the device, at once (S14). Requests
 * are handled in order, one after another, so that a quick next card never takes another's place.
 */
export class DeskSession {
  #view = $state.raw<DeskView>({ kind: 'ready' });
  lastScan = $state.raw<LastScan>();
  /** When the view last changed, by the steady clock: an Enter means what was there long enough to read. */
  shownAt = 0;
  skipped = $state.raw<SkippedVisit>();
  #turn: Promise<void> = Promise.resolve();
  readonly #logged = new WeakSet<VisitCheck>();
  /** The check that replaced another on the screen when something else was asked about the same card. */
  readonly #next = new WeakMap<VisitCheck, VisitCheck>();
  readonly #dependencies: DeskDependencies;

  constructor(dependencies: DeskDependencies) {
    this.#dependencies = dependencies;
  }

  get view(): DeskView {
    return this.#view;
  }

  set view(view: DeskView) {
    this.#view = view;
    this.shownAt = this.#dependencies.steadyNow();
  }

  /** A code from any scanner; `service` is an id. */
  scan(texts: ScannedTexts, service: string): Promise<void> {
    return this.#inTurn(async () => {
      const { db, now, signatureOf, profile } = this.#dependencies;
      const scan = { texts, service };
      const { check, ...how } = await checkScan(db, scan, { now, signatureOf, profile: profile() });
      const { view } = this;
      if (view.kind === 'verdict' && isLoggable(view.check) && !isSameCard(view.check, check)) {
        this.skipped = { check: view.check, hasFailed: false };
      }
      this.lastScan = { text: texts[0], ...how };
      this.view = { kind: 'verdict', check };
      if (this.#isLoggedAtOnce(check)) await this.#log(check);
      else this.#sound(soundOf(check));
    });
  }

  #isLoggedAtOnce({ verdict, allowed }: VisitCheck): boolean {
    return this.#dependencies.logsAtOnce() && verdict.outcome === 'admit' && headCount(allowed) === 1;
  }

  /** R9 R10: staff named the course or the performance. */
  pick(check: VisitCheck, offering: string): Promise<void> {
    return this.#askAgain(check, ({ question }) => ({ ...question, offering }));
  }

  /**
   * R11: other people come in; `change` gets those of the latest check, since taps may be faster than
   * answers.
   */
  setPeople(check: VisitCheck, change: (people: People) => People): Promise<void> {
    return this.#askAgain(check, ({ question, people }) => ({ ...question, people: change(people) }));
  }

  /**
   * Something else is asked about the card on the screen. It is answered; a sound plays only if the outcome
   * differs.
   */
  #askAgain(asked: VisitCheck, questionOf: (check: VisitCheck) => VisitQuestion): Promise<void> {
    return this.#inTurn(async () => {
      const check = this.#newest(asked);
      if (!shows(this.view, check)) return;
      const next = await checkVisit(this.#dependencies.db, questionOf(check), this.#dependencies.now());
      if (next.verdict.outcome !== check.verdict.outcome) this.#sound(soundOf(next));
      this.#next.set(check, next);
      this.view = { kind: 'verdict', check: next };
    });
  }

  #newest(check: VisitCheck): VisitCheck {
    const next = this.#next.get(check);
    return next ? this.#newest(next) : check;
  }

  /** R9: fixes the choice that the check asks to confirm. */
  choose(check: VisitCheck): Promise<void> {
    return this.#inTurn(async () => {
      if (!shows(this.view, check)) return;
      const { db, now, randomId } = this.#dependencies;
      const chosen = await chooseOffering(db, check, { deviceNow: now(), randomId });
      switch (chosen.kind) {
        case 'chosen': {
          const { choiceId, document } = chosen;
          this.view = { kind: 'chosen', check, choiceId, offering: document.offering };
          return this.#sound('done');
        }
        case 'changed':
          this.view = { kind: 'verdict', check: chosen.check };
          return this.#sound(soundOf(chosen.check));
        case 'storage-full':
          return this.#sayFull(check);
      }
    });
  }

  /** R9: undoes a choice that this desk made today. */
  release(choiceId: string): Promise<void> {
    return this.#inTurn(async () => {
      const { db, now } = this.#dependencies;
      const released = await releaseChoice(db, choiceId, { deviceNow: now() });
      const { view } = this;
      switch (released.kind) {
        case 'released':
        case 'already-released':
          if (showsChoice(view, choiceId)) {
            this.view = { kind: 'choice-undone', check: view.check };
          } else if (view.kind === 'release-failed') this.clear();
          return;
        case 'storage-full':
        case 'not-allowed':
          this.view = { kind: 'release-failed', choiceId, reason: released.kind };
          this.#sound('refuse');
      }
    });
  }

  /** S1: the screen says logged only after the visit is stored. */
  log(asked: VisitCheck, override?: OverrideReason): Promise<void> {
    return this.#inTurn(() => this.#log(asked, override));
  }

  async #log(asked: VisitCheck, override?: OverrideReason): Promise<void> {
    // Pressed before the screen could show "2 children along": they come in too, or it says why not.
    const check = this.#newest(asked);
    if (this.#logged.has(check)) return;
    if (check !== asked && !canBeLogged(check.verdict, override)) return;
    const { db, now, randomId } = this.#dependencies;
    const logged = await logVisit(db, check, { deviceNow: now(), randomId, ...(override && { override }) });
    if (logged.kind === 'storage-full') return this.#sayFull(check);
    if (logged.kind === 'changed') {
      return this.#showChanged(check, logged.check);
    }
    this.#logged.add(check);
    if (this.skipped?.check === check) this.skipped = undefined;
    if (shows(this.view, check)) {
      this.view =
        logged.kind === 'logged'
          ? { kind: 'logged', check, visitId: logged.visitId, at: Date.parse(logged.document.at) }
          : { kind: 'verdict', check: { ...check, verdict: { ...alreadyLogged, at: logged.at } } };
    }
    this.#sound('done');
  }

  /** Undoes a visit of this desk, right after logging or from the day's list. */
  undo(visitId: string): Promise<void> {
    return this.#inTurn(async () => {
      const { db, now } = this.#dependencies;
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

  /** The changed card is shown; one that was open meanwhile waits in its place. */
  #showChanged(check: VisitCheck, changed: VisitCheck): void {
    const { view } = this;
    if (this.skipped?.check === check) {
      const isOpen = view.kind === 'verdict' && isLoggable(view.check);
      this.skipped = isOpen ? { check: view.check, hasFailed: false } : undefined;
    }
    this.view = { kind: 'verdict', check: changed };
    this.#sound(soundOf(changed));
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
    if (this.#dependencies.isSoundOn()) playTone(tone);
  }
}
