import type { Tone } from './verdict-text';

/** Notes of each tone: frequency in Hz and length in ms, in sequence. Distinguishable without looking. */
const melodies: Record<Tone, readonly (readonly [number, number])[]> = {
  admit: [
    [660, 90],
    [990, 160],
  ],
  done: [[740, 140]],
  ask: [
    [520, 120],
    [520, 120],
  ],
  refuse: [
    [300, 180],
    [200, 320],
  ],
};

let audio: AudioContext | undefined;

/**
 * Prepares the sound when a counter has opened: a browser's first AudioContext blocks the page for some 400
 * ms, which would otherwise delay the first verdict.
 * @returns a function that stops it, for a counter that closes before
 */
export function prepareSounds(): () => void {
  const timer = setTimeout(() => {
    if (typeof AudioContext !== 'undefined') audio ??= new AudioContext();
  }, 500);
  return () => clearTimeout(timer);
}

/**
 * Plays a verdict's sound. Does nothing until the page has been touched once, because the browser blocks
 * sound until then, nor in a browser without Web Audio.
 */
export function playTone(tone: Tone): void {
  if (typeof AudioContext === 'undefined') return;
  audio ??= new AudioContext();
  // Besides `suspended` there is `interrupted`, on iOS after a phone call or another app's sound.
  if (audio.state !== 'running') void audio.resume().catch(() => undefined);
  let at = audio.currentTime + 0.01;
  for (const [frequency, length] of melodies[tone]) {
    const oscillator = audio.createOscillator();
    const volume = audio.createGain();
    const end = at + length / 1000;
    oscillator.type = 'triangle';
    oscillator.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.35, at + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.0001, end);
    oscillator.connect(volume).connect(audio.destination);
    oscillator.start(at);
    oscillator.stop(end);
    at = end + 0.03;
  }
}
