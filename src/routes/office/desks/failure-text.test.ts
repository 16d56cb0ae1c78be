import { afterEach, describe, expect, it } from 'vitest';
import { overwriteGetLocale } from '$lib/paraglide/runtime';
import { describeFailure } from './failure-text';

afterEach(() => overwriteGetLocale(() => 'fi'));

describe('describeFailure', () => {
  it.each([
    ['fi', 'Tunniste: abcd1234'],
    ['sv', 'Kod: abcd1234'],
    ['en', 'Reference: abcd1234'],
  ] as const)('ends with the id of a fault of the server, in %s', (locale, reference) => {
    overwriteGetLocale(() => locale);
    const failure = { kind: 'failed', reason: 'The server failed. Try again.' } as const;
    const text = describeFailure(failure);
    expect(describeFailure({ ...failure, requestId: 'abcd1234' })).toBe(`${text} ${reference}`);
  });
});
