import { expect, it } from 'vitest';
import { FairQueue, noPlace, type Asking } from './fair-queue';

const bounds = { atOnce: 1, most: 20, ofOneAddress: 10, ofOneName: 4 };

/** A queue whose one place is taken until `open`, and the order in which the others had their turn. */
function heldQueue() {
  const queue = new FairQueue(bounds);
  const order: string[] = [];
  let open: () => void = () => undefined;
  const held = queue.run({ address: 'first', name: 'first' }, () => new Promise<void>((end) => (open = end)));
  const ask = (address: string, name: string) => {
    const asking: Asking = { address, name };
    return queue.run(asking, () => Promise.resolve(void order.push(`${address} ${name}`)));
  };
  return { ask, order, open: () => open(), held };
}

it('addresses take turns, and within an address names', async () => {
  const { ask, order, open, held } = heldQueue();
  const all = [
    ...[1, 2, 3].map(() => ask('a', 'x')),
    ask('a', 'y'),
    ...[1, 2].map(() => ask('b', 'x')),
    ask('c', 'z'),
  ];
  open();
  await Promise.all([held, ...all]);
  expect(order).toEqual(['a x', 'b x', 'c z', 'a y', 'b x', 'a x', 'a x']);
});

it('is bounded in total, by address, and by name', async () => {
  const { ask, open, held } = heldQueue();
  const ofOneName = Array.from({ length: 6 }, () => ask('a', 'x'));
  const ofOneAddress = Array.from({ length: 10 }, (_, index) => ask('a', `n${index}`));
  const ofOthers = Array.from({ length: 20 }, (_, index) => ask(`o${index}`, 'x'));
  open();
  await held;
  const refused = async (asked: Promise<unknown>[]) =>
    (await Promise.all(asked)).filter((outcome) => outcome === noPlace).length;
  expect(await refused(ofOneName)).toBe(2);
  expect(await refused(ofOneAddress)).toBe(4);
  expect(await refused(ofOthers)).toBe(10);
  expect(await ask('a', 'x')).toBeUndefined();
});

it('continues after work that fails', async () => {
  const queue = new FairQueue(bounds);
  const asking = { address: 'a', name: 'x' };
  await expect(queue.run(asking, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await queue.run(asking, () => Promise.resolve(1))).toBe(1);
});
