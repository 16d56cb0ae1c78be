import { describe, expect, it } from 'vitest';
import { counterRulesFrom, defaultCounterRules, type CounterRules } from './counter-rules';

const strict: CounterRules = { mayOverride: false, mayType: false, logsAtOnce: true };

describe('the rules of a counter', () => {
  it('are those that were received', () => {
    expect(counterRulesFrom(strict)).toEqual(strict);
    expect(counterRulesFrom({ ...defaultCounterRules }, strict)).toEqual(defaultCounterRules);
  });

  it.each([undefined, null, 'none', 7, [], { mayOverride: 'no', mayType: 1, logsAtOnce: null }])(
    'stay as known if the server sends %j',
    (told) => {
      expect(counterRulesFrom(told, strict)).toEqual(strict);
      expect(counterRulesFrom(told)).toEqual(defaultCounterRules);
    },
  );

  it('take what they recognize from a server of another version', () => {
    expect(counterRulesFrom({ mayType: true, maySing: true }, strict)).toEqual({ ...strict, mayType: true });
  });
});
