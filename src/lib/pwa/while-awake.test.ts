import { expect, it } from 'vitest';
import { whileAwake } from './while-awake';

it('runs while the page is awake, once however often it is notified, and stops for good', () => {
  const page = new EventTarget();
  const told: string[] = [];
  const stop = whileAwake(() => {
    told.push('start');
    return () => told.push('stop');
  }, page);
  const tell = (type: string) => page.dispatchEvent(new Event(type));
  tell('pageshow');
  tell('pagehide');
  tell('pagehide');
  tell('pageshow');
  stop();
  tell('pageshow');
  expect(told).toEqual(['start', 'stop', 'start', 'stop']);
});
