/**
 * What a page may ask the service worker. Each except SKIP_WAITING is answered through the message's port.
 */
export type WorkerMessage =
  /** Take over now. Sent only while no tab is busy. */
  | { type: 'SKIP_WAITING' }
  /** Answer: string, the version it was built as. */
  | { type: 'VERSION' }
  /** Answer: boolean, whether every file of this version is in the cache. */
  | { type: 'IS_COMPLETE' };

/**
 * The tag under which Background Sync is registered; it makes the service worker push waiting visits (S10).
 */
export const PUSH_SYNC_TAG = 'tiski-push';
/** The same for what was submitted on the device (S20). */
export const SUBMISSIONS_SYNC_TAG = 'tiski-submissions';
