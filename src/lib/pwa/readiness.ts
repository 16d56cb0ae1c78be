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
 * installed app is granted); Firefox asks the user, and if nobody answers, this stays pending.
 */
export async function persistStorage(): Promise<StoragePersistence> {
  if (!navigator.storage?.persist) return 'unsupported';
  const isGranted = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  return isGranted ? 'granted' : 'denied';
}

/**
 * Whether this is a private window, whose data is deleted when it closes: Firefox and Safari give it no
 * origin private file system. Chromium does, so its private windows can't be recognized.
 */
export async function isPrivateWindow(): Promise<boolean> {
  try {
    await navigator.storage?.getDirectory?.();
    return false;
  } catch {
    return true;
  }
}

/** Whether the browser has promised to keep the data, without asking it to; undefined if it doesn't say. */
export async function isStoragePersistent(): Promise<boolean | undefined> {
  return navigator.storage?.persisted?.();
}

/** undefined if the browser doesn't say. */
export async function storageEstimate(): Promise<StorageRoom | undefined> {
  if (!navigator.storage?.estimate) return undefined;
  const { usage, quota } = await navigator.storage.estimate();
  if (usage === undefined || quota === undefined) return undefined;
  return { used: usage, available: Math.max(0, quota - usage) };
}
