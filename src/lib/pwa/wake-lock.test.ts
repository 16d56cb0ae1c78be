import { afterEach, expect, test, vi } from 'vitest';
import { keepAwake, type WakeState } from './wake-lock';

afterEach(() => vi.unstubAllGlobals());

/** A page whose wake lock can be granted, refused and taken away. */
function fakePage(request: () => Promise<{ released: boolean; release: () => Promise<void> }>) {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', page);
  vi.stubGlobal('navigator', { wakeLock: { request } });
  return page;
}

test('a browser without wake lock says so at once', () => {
  vi.stubGlobal('navigator', {});
  const states: WakeState[] = [];
  keepAwake((state) => states.push(state))();
  expect(states).toEqual(['unsupported']);
});

test('asked again when the page is shown after the browser released it, not while it holds', async () => {
  const locks: { released: boolean; release: () => Promise<void> }[] = [];
  const page = fakePage(async () => {
    const lock = { released: false, release: async () => void (lock.released = true) };
    locks.push(lock);
    return lock;
  });
  const stop = keepAwake();
  await vi.waitFor(() => expect(locks).toHaveLength(1));
  page.dispatchEvent(new Event('visibilitychange'));
  await Promise.resolve();
  expect(locks).toHaveLength(1);

  await locks[0]?.release();
  page.dispatchEvent(new Event('visibilitychange'));
  await vi.waitFor(() => expect(locks).toHaveLength(2));

  stop();
  expect(locks.every(({ released }) => released)).toBe(true);
  page.dispatchEvent(new Event('visibilitychange'));
  expect(locks).toHaveLength(2);
});

test('a refusal is reported, and a later touch may succeed', async () => {
  const states: WakeState[] = [];
  const answers = [
    Promise.reject(new DOMException('battery saver', 'NotAllowedError')),
    Promise.resolve({ released: false, release: async () => undefined }),
  ];
  const page = fakePage(() => answers.shift() ?? Promise.reject(new Error('asked too often')));
  const stop = keepAwake((state) => states.push(state));
  await vi.waitFor(() => expect(states).toEqual(['refused']));
  page.dispatchEvent(new Event('pointerdown'));
  await vi.waitFor(() => expect(states).toEqual(['refused', 'awake']));
  stop();
});
