import { createContext, untrack } from 'svelte';
import { askServer, type Ask, type OfficeFailure, type OfficeOutcome } from './ask';
import { ScreenLock } from './screen-lock.svelte';
import { signOut, whoAmI, type Person, type Right } from './session-api';

/** A session is renewed by being asked about, ms: while somebody works, and only then. */
const renewEvery = 4 * 60_000;

/** Who works in the office in this tab, and whether the server has confirmed it. */
export class OfficeSession {
  /** Undefined until the server has said who it is. After a sign-in expires, the person stays here. */
  person = $state.raw<Person>();
  /** Why the server didn't confirm the person when it was last asked. */
  failure = $state.raw<OfficeFailure>();
  /** Changes with the person: what one has typed is not for the next. */
  owner = $state(0);
  /** Somebody signed out while the server could not be reached. */
  hasLeftOffline = $state(false);
  #looks = 0;
  #lookedAt = 0;

  readonly lock = new ScreenLock({
    onLock: (isHere) => {
      // A locked browser has no session to steal. Without a network it ends by itself, within the hour.
      if (isHere) void signOut();
    },
    onUnlockElsewhere: () => void this.signedIn(),
    onLeaveElsewhere: () => this.#forget(),
    onTouch: () => {
      if (this.person?.name && !this.failure && performance.now() - this.#lookedAt > renewEvery)
        void this.refresh();
    },
  });

  /** Nobody is signed in, or no longer. */
  get isSignedOut(): boolean {
    return this.failure?.kind === 'signed-out' || this.person?.name === null;
  }

  /** Whether they hold one of these rights. */
  may(...rights: readonly Right[]): boolean {
    return rights.some((right) => this.person?.rights.has(right));
  }

  /**
   * Every request of an area goes through here: if the answer says that the sign-in has ended, the gate
   * closes. Behind a locked screen nothing is asked.
   */
  readonly ask: Ask = async (...request) => {
    if (this.lock.isLocked) return { ok: false, failure: { kind: 'signed-out' } };
    const outcome = await askServer(...request);
    if (!outcome.ok && outcome.failure.kind === 'signed-out') this.failure = outcome.failure;
    return outcome;
  };

  /** Asks the server who is signed in; `signed-out` if nobody is. */
  async refresh(): Promise<OfficeOutcome<Person>> {
    if (this.lock.isLocked) return { ok: false, failure: { kind: 'signed-out' } };
    return this.#look();
  }

  /** Somebody has given a password, here or in another tab. */
  async signedIn(): Promise<void> {
    this.hasLeftOffline = false;
    const who = await this.#look();
    if (this.lock.isLocked && who.ok && who.value.name !== null) this.lock.unlock();
  }

  async #look(): Promise<OfficeOutcome<Person>> {
    const look = ++this.#looks;
    this.#lookedAt = performance.now();
    const who = await whoAmI();
    // A request from before a sign-in may be answered after it.
    if (look === this.#looks) this.#take(who);
    return who.ok && who.value.name === null ? { ok: false, failure: { kind: 'signed-out' } } : who;
  }

  #take(who: OfficeOutcome<Person>): void {
    if (!who.ok) this.failure = who.failure;
    // An expired sign-in must not take away what is being typed.
    else if (this.person?.name && who.value.name === null) this.failure = { kind: 'signed-out' };
    else {
      if (this.person?.name && this.person.name !== who.value.name) this.owner += 1;
      this.failure = undefined;
      this.person = who.value;
      if (who.value.name !== null) this.lock.guard(who.value.lockAfterMinutes);
    }
  }

  async leave(): Promise<void> {
    const outcome = await signOut();
    this.lock.leave(outcome.ok);
    this.hasLeftOffline = !outcome.ok;
    this.#forget();
  }

  #forget(): void {
    this.person = undefined;
    this.owner += 1;
    this.lock.rest();
    this.failure = undefined;
    if (this.hasLeftOffline) this.failure = { kind: 'signed-out' };
    else void this.refresh();
  }

  /**
   * Asks at once, unless the person is confirmed, and whenever the network is back; returns a function that
   * stops it.
   */
  start(): () => void {
    const look = () => void this.refresh();
    addEventListener('online', look);
    if (!this.person || this.failure) look();
    return () => removeEventListener('online', look);
  }

  /**
   * For a component behind the gate: runs `work` now, and again each time the server has confirmed the
   * person.
   */
  whenConfirmed(work: () => void): void {
    $effect(() => {
      if (this.person && !this.failure) untrack(work);
    });
  }
}

/** Made once for the whole office, in its layout. */
export const [getSession, setSession] = createContext<OfficeSession>();
