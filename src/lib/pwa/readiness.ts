import type { StorageRoom } from '$lib/domain/fleet/storage';
import { askWorker } from './ask-worker';

/** Bytes, as the browser estimates them. */
export type StorageEstimateBytes = StorageRoom;

export type StoragePersistence = 'granted' | 'denied' | 'unsupported';

/** True when the app opens without a network: its service worker is active and has every file. */
export async function appCached(): Promise<boolean> {
  if (!('serviceWorker' in navigator)) return false;
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration?.active) return false;
  return (await askWorker(registration.active, { type: 'IS_COMPLETE' })) === true;
}

/**
 * Asks the browser to keep this device's data when the disk fills up. Chromium decides by itself (an
 * installed app is granted), Firefox asks the user: until somebody answers, and it may be nobody, this is open.
 */
export async function persistStorage(): Promise<StoragePersistence> {
  if (!navigator.storage?.persist) return 'unsupported';
  const isGranted = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  return isGranted ? 'granted' : 'denied';
}

/**
 * Whether this is a private window, whose data goes when it is closed: Firefox and Safari give it no file system of
 * the origin's own. Chromium does, and its private windows can't be told from others.
 */
export async function isPrivateWindow(): Promise<boolean> {
  try {
    await navigator.storage?.getDirectory?.();
    return false;
  } catch {
    return true;
  }
}

/** Whether the browser promised to keep the data, without asking it to; undefined where it doesn't tell. */
export async function isStoragePersistent(): Promise<boolean | undefined> {
  return navigator.storage?.persisted?.();
}

/** undefined where the browser doesn't tell. */
export async function storageEstimate(): Promise<StorageRoom | undefined> {
  if (!navigator.storage?.estimate) return undefined;
  const { usage, quota } = await navigator.storage.estimate();
  if (usage === undefined || quota === undefined) return undefined;
  return { used: usage, available: Math.max(0, quota - usage) };
}
