import { afterEach, beforeEach, expect, it, vi } from 'vitest';

/** A node of a sound graph, with every parameter that sounds.ts sets. */
function node() {
  const parameter = {
    value: 0,
    setValueAtTime: () => undefined,
    exponentialRampToValueAtTime: () => undefined,
  };
  const made = {
    frequency: parameter,
    gain: parameter,
    type: '',
    connect: (next: object) => next,
    start: () => undefined,
    stop: () => undefined,
  };
  return made;
}

/** A browser's audio in some state, and its answer to `resume`. */
function anAudioContext(state: string, resume: () => Promise<void>) {
  return class {
    currentTime = 0;
    destination = {};
    state = state;
    resume = resume;
    createOscillator = node;
    createGain = node;
  };
}

beforeEach(() => vi.resetModules());
afterEach(() => vi.unstubAllGlobals());

it.each([
  ['suspended', 1],
  ['interrupted', 1],
  ['running', 0],
])(
  'a sound that is %s is resumed %i times, and a browser that refuses is not a fault',
  async (state, times) => {
    const resume = vi.fn(() => Promise.reject(new DOMException('', 'NotAllowedError')));
    vi.stubGlobal('AudioContext', anAudioContext(state, resume));
    const { playTone } = await import('./sounds');
    playTone('admit');
    await Promise.resolve();
    expect(resume).toHaveBeenCalledTimes(times);
  },
);
