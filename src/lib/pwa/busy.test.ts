import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isBusyHere, keepBusy, onIdleHere, runWhenNobodyIsBusy } from './busy';

// Node has no Web Locks; unless a test provides them, the tab counts alone.
beforeEach(() => vi.stubGlobal('navigator', {}));
afterEach(() => vi.unstubAllGlobals());

test('a tab is busy until the last of its reasons is gone, each counted once', () => {
  const idle = vi.fn();
  const stop = onIdleHere(idle);
  const verdict = keepBusy();
  const form = keepBusy();
  verdict();
  verdict();
  expect(isBusyHere()).toBe(true);
  expect(idle).not.toHaveBeenCalled();
  form();
  expect(isBusyHere()).toBe(false);
  expect(idle).toHaveBeenCalledTimes(1);
  stop();
});

test('without Web Locks an update waits for this tab', async () => {
  const update = vi.fn(async () => undefined);
  const release = keepBusy();
  expect(await runWhenNobodyIsBusy(update)).toBe(false);
  release();
  expect(await runWhenNobodyIsBusy(update)).toBe(true);
  expect(update).toHaveBeenCalledTimes(1);
});

test('a tab that becomes busy while the lock is being asked for still holds the update back', async () => {
  const update = vi.fn(async () => undefined);
  const release: (() => void)[] = [];
  const request = async (_name: string, _options: LockOptions, run: (lock: object) => Promise<unknown>) => {
    release.push(keepBusyWithoutLock());
    return run({});
  };
  vi.stubGlobal('navigator', { locks: { request } });
  expect(await runWhenNobodyIsBusy(update)).toBe(false);
  expect(update).not.toHaveBeenCalled();
  release.forEach((letGo) => letGo());
});

/** Busy, with its shared lock not granted yet. */
function keepBusyWithoutLock(): () => void {
  const locks = navigator.locks;
  vi.stubGlobal('navigator', { locks: { request: () => new Promise(() => undefined) } });
  const letGo = keepBusy();
  vi.stubGlobal('navigator', { locks });
  return letGo;
}
