import { isRoomLow, type StorageRoom } from '$lib/domain/fleet/storage';
import { isStoragePersistent, storageEstimate } from '$lib/pwa/readiness';
import { isStorageFull } from '$lib/store/storage-full';

/** How often the browser is asked, ms: for an estimate it has to walk its files. */
const everyMs = 5 * 60_000;

/** The room that the browser leaves for visits, for the status strip and the screens about the device. */
export class StorageWatch {
  /** Undefined until the browser answers, or if it doesn't say. */
  room = $state.raw<StorageRoom>();
  /** Whether the browser keeps the data when the disk fills up; undefined if it doesn't say. */
  isPersistent = $state.raw<boolean>();
  /**
   * S1: something that no screen mentions could not be stored for lack of room; until somebody has seen it.
   */
  hasLost = $state(false);

  get isLow(): boolean {
    return this.room !== undefined && isRoomLow(this.room);
  }

  /** Starts; returns a function that stops it. */
  start(): () => void {
    const look = () => void this.look();
    const loseNothingUnsaid = (event: PromiseRejectionEvent) => {
      if (!isStorageFull(event.reason)) return;
      event.preventDefault();
      this.hasLost = true;
    };
    const timer = setInterval(look, everyMs);
    document.addEventListener('visibilitychange', look);
    addEventListener('unhandledrejection', loseNothingUnsaid);
    look();
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
      removeEventListener('unhandledrejection', loseNothingUnsaid);
    };
  }

  /** Asks now, for example after something was deleted. */
  async look(): Promise<void> {
    if (document.visibilityState === 'hidden') return;
    this.room = await storageEstimate();
    this.isPersistent = await isStoragePersistent();
  }
}
