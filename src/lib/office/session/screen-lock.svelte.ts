import { forget, recall, remember } from '$lib/pwa/web-storage';
import { IdleTime, isStale } from './idle-time';

/** In localStorage: what all tabs of a browser share. No name is among it. */
const lockedKey = 'tiski-office-locked';
const touchedKey = 'tiski-office-touched';
const leftKey = 'tiski-office-left';

const lookEveryMs = 5_000;
const touches = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;

export interface LockEvents {
  /** The screen was not touched for too long, here or in another tab. */
  onLock: (isHere: boolean) => void;
  /** Somebody has given a password in another tab. */
  onUnlockElsewhere: () => void;
  /** Somebody has signed out in another tab. */
  onLeaveElsewhere: () => void;
  /** Somebody is working here. */
  onTouch: () => void;
}

/** Locks the office's screens, in every tab of the browser, once nobody has touched one for a while. */
export class ScreenLock {
  isLocked = $state(recall('localStorage', lockedKey) !== null);
  readonly #idle = new IdleTime({ wall: () => Date.now(), steady: () => performance.now() });
  #limitMs = Infinity;
  #stored = 0;

  constructor(private readonly events: LockEvents) {}

  /** From now on somebody's screens are guarded; locks at once if they were left long ago. */
  guard(minutes: number): void {
    const isFirst = this.#limitMs === Infinity;
    this.#limitMs = minutes * 60_000;
    if (isFirst && isStale(recall('localStorage', touchedKey), Date.now(), this.#limitMs)) this.lock();
    else if (isFirst) this.#touch();
  }

  /** Nobody is signed in: there is nothing to hide. */
  rest(): void {
    this.#limitMs = Infinity;
  }

  lock(): void {
    if (this.isLocked) return;
    this.isLocked = true;
    remember('localStorage', lockedKey, '1');
    this.events.onLock(true);
  }

  /** Somebody has given a password. */
  unlock(): void {
    this.isLocked = false;
    forget('localStorage', lockedKey);
    this.#touch();
  }

  /** Somebody has signed out; `isSure`: the server knows it too. If not, this browser stays locked. */
  leave(isSure: boolean): void {
    forget('localStorage', touchedKey);
    remember('localStorage', leftKey, String(Date.now()));
    if (!isSure) remember('localStorage', lockedKey, '1');
    this.rest();
  }

  /** Watches the screen; returns a function that stops it. */
  start(): () => void {
    const look = () => this.#look();
    const touch = () => {
      // First: waking a machine is a touch too.
      this.#look();
      if (!this.isLocked && this.#limitMs !== Infinity) this.#touch();
    };
    const hear = ({ key, newValue }: StorageEvent) => this.#hear(key, newValue);
    const timer = setInterval(look, lookEveryMs);
    document.addEventListener('visibilitychange', look);
    addEventListener('storage', hear);
    for (const each of touches) addEventListener(each, touch, { capture: true, passive: true });
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
      removeEventListener('storage', hear);
      for (const each of touches) removeEventListener(each, touch, { capture: true });
    };
  }

  #look(): void {
    if (this.#idle.isOver(this.#limitMs) && this.#limitMs !== Infinity) this.lock();
  }

  #touch(): void {
    this.#idle.touch();
    const now = Date.now();
    if (Math.abs(now - this.#stored) < lookEveryMs) return;
    this.#stored = now;
    remember('localStorage', touchedKey, String(now));
    this.events.onTouch();
  }

  #hear(key: string | null, value: string | null): void {
    if (key === touchedKey && value !== null) {
      this.#look();
      if (!this.isLocked) this.#idle.touch();
    } else if (key === lockedKey && value !== null) {
      if (this.isLocked) return;
      this.isLocked = true;
      this.events.onLock(false);
    } else if (key === lockedKey) this.events.onUnlockElsewhere();
    else if (key === leftKey) this.events.onLeaveElsewhere();
  }
}
