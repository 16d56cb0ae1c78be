import { expect, test } from 'vitest';
import { pinWeakness } from './pin';

test.each(['2468', '1111', '24680'])('%s is short', (pin) => {
  expect(pinWeakness(pin)).toBe('short');
});

test.each(['111111', '00000000', '121212', '123123', '12341234', '123456', '654321', '567890', '09876543'])(
  '%s is what is tried first',
  (pin) => {
    expect(pinWeakness(pin)).toBe('simple');
  },
);

test.each(['739204', '1239567', '112233', '13579135', '1212197'])('nothing is said about %s', (pin) => {
  expect(pinWeakness(pin)).toBeUndefined();
});

test.each(['', '1', '123', '123456789', 'abcdef', '12345a'])('"%s" is not a PIN yet', (pin) => {
  expect(pinWeakness(pin)).toBeUndefined();
});
