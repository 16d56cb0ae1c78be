const triesBeforeWait = 5;
const waitSeconds = 30;

/** Slows down who guesses at the PIN: a pause after every five wrong tries. It outlives the dialog. */
export class PinLock {
  /** Until the next try, 0 when it may be made now. */
  secondsLeft = $state(0);
  #wrongTries = 0;
  #ticking: ReturnType<typeof setInterval> | undefined;

  wrong(): void {
    this.#wrongTries += 1;
    if (this.#wrongTries % triesBeforeWait === 0) this.#wait();
  }

  stop(): void {
    clearInterval(this.#ticking);
  }

  #wait(): void {
    this.secondsLeft = waitSeconds;
    clearInterval(this.#ticking);
    this.#ticking = setInterval(() => {
      this.secondsLeft -= 1;
      if (this.secondsLeft === 0) clearInterval(this.#ticking);
    }, 1000);
  }
}
