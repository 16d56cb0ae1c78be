import { createContext, untrack } from 'svelte';
import { askServer, type Ask, type OfficeFailure, type OfficeOutcome } from './ask';
import { signOut, whoAmI, type Person, type Right } from './session-api';

/** Who works in the office in this tab, and whether the server has confirmed it. */
export class OfficeSession {
  /** Undefined until the server has said who it is. After a sign-in expires, the person stays here. */
  person = $state.raw<Person>();
  /** Why the server didn't confirm the person when it was last asked. */
  failure = $state.raw<OfficeFailure>();
  #looks = 0;

  /** Nobody is signed in, or no longer. */
  get isSignedOut(): boolean {
    return this.failure?.kind === 'signed-out' || this.person?.name === null;
  }

  may(right: Right): boolean {
    return this.person?.rights.has(right) ?? false;
  }

  /**
   * Every request of an area goes through here: if the answer says that the sign-in has ended, the gate
   * closes.
   */
  readonly ask: Ask = async (...request) => {
    const outcome = await askServer(...request);
    if (!outcome.ok && outcome.failure.kind === 'signed-out') this.failure = outcome.failure;
    return outcome;
  };

  /** Asks the server who is signed in; `signed-out` if nobody is. */
  async refresh(): Promise<OfficeOutcome<Person>> {
    const look = ++this.#looks;
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
      this.failure = undefined;
      this.person = who.value;
    }
  }

  async leave(): Promise<void> {
    await signOut();
    this.person = undefined;
    await this.refresh();
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
