import { afterEach, describe, expect, it } from 'vitest';
import { overwriteGetLocale } from '$lib/paraglide/runtime';
import { describeFailure } from './failure-text';

afterEach(() => overwriteGetLocale(() => 'fi'));

describe('describeFailure', () => {
  it.each([
    ['fi', 'Palvelimella tapahtui virhe.', 'tunniste abcd1234.'],
    ['sv', 'Ett fel uppstod på servern.', 'koden abcd1234.'],
    ['en', 'Something went wrong on the server.', 'the reference abcd1234.'],
  ] as const)('reports a fault of the server in %s only, and ends with its id', (locale, begin, end) => {
    overwriteGetLocale(() => locale);
    const reason = 'The server failed. Try again.';
    const text = describeFailure({ kind: 'failed', reason, requestId: 'abcd1234' });
    expect(text.slice(0, begin.length)).toBe(begin);
    expect(text.slice(-end.length)).toBe(end);
    expect(text).not.toContain(reason);
  });

  it('gives the server’s reason for a refusal', () => {
    overwriteGetLocale(() => 'fi');
    expect(describeFailure({ kind: 'failed', reason: 'There is no such desk.' })).toMatch(
      /There is no such desk\.$/,
    );
  });
});
