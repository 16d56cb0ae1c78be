import { setTimeout } from 'node:timers/promises';
import type { Desk } from '../contract/fault-world';

/** How often every desk logs a visit, ms. */
const everyMs = 500;

/** What desks under load experienced. */
export interface LoadFigures {
  logged: number;
  /** The longest time that a desk had something waiting but nothing acknowledged, ms. */
  longestSilence: number;
}

/** Desks log visits and sync in real time while something happens. */
export async function underLoad(desks: readonly Desk[], happens: () => Promise<void>): Promise<LoadFigures> {
  const heard = new Map(desks.map((desk) => [desk, { at: Date.now(), acknowledged: -1 }]));
  const before = desks.reduce((sum, { logged }) => sum + logged.length, 0);
  let longestSilence = 0;
  let isOver = false;
  const over = happens().finally(() => (isOver = true));
  let last = Date.now();
  while (!isOver) {
    await Promise.all(desks.map((desk) => desk.log()));
    await setTimeout(everyMs);
    const now = Date.now();
    await Promise.all(desks.map((desk) => desk.time.pass(now - last)));
    last = now;
    for (const desk of desks) {
      const acknowledged = desk.logged.length - (await desk.waiting());
      const silence = heard.get(desk);
      if (silence && acknowledged === silence.acknowledged) {
        longestSilence = Math.max(longestSilence, now - silence.at);
      } else heard.set(desk, { at: now, acknowledged });
    }
  }
  await over;
  return { logged: desks.reduce((sum, { logged }) => sum + logged.length, 0) - before, longestSilence };
}
