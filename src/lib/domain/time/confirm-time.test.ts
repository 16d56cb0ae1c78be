import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toleratedSkew, type ClockMark, type Contact } from './clock';
import { isSteady, judgeTime, type Stamp } from './confirm-time';
import { hour, minute, type Instant } from './day';

const builtAt = Date.parse('2026-11-01T00:00:00Z');
/** The last contact before. */
const met = Date.parse('2026-11-22T08:00:00Z');

const mark = (session: string, offset = 0): ClockMark => ({ session, offset });

/** A visit two hours after the last contact, by a clock that is this far ahead. */
const logged = (ahead: number, changes: Partial<Stamp> = {}): Stamp => ({
  deviceAt: met + 2 * hour + ahead,
  mark: mark('page', ahead),
  earliest: met,
  known: { skewMs: 0, mark: mark('page before') },
  ...changes,
});
/** The first contact after it, another hour later. */
const contact = (ahead: number, session = 'page'): Contact => ({
  skewMs: -ahead,
  serverNow: met + 3 * hour,
  mark: mark(session, ahead),
});
const uncertain = { kind: 'uncertain', from: met, until: met + 3 * hour };

describe('the time of what was logged without a contact', () => {
  test('R13 26 hours ahead, and not set until the contact: the contact corrects it', () => {
    expect(judgeTime(logged(26 * hour), contact(26 * hour))).toEqual({
      kind: 'corrected',
      at: met + 2 * hour,
      correctedByMs: -26 * hour,
    });
  });

  test('R13 corrected by the contact before, and set right since: the correction is dropped', () => {
    const known = { skewMs: -26 * hour };
    expect(judgeTime(logged(0, { known }), contact(0))).toEqual({ kind: 'corrected', at: met + 2 * hour });
  });

  test.each([
    ['set between', logged(26 * hour), contact(0)],
    ['a page more than an hour of sleep away', logged(26 * hour), contact(27 * hour)],
    ['in a page that was closed', logged(26 * hour), contact(26 * hour, 'next page')],
    ['set right in another page: it is dated ahead', logged(26 * hour), contact(0, 'next page')],
    ['behind the contact before, and set right in another page', logged(-3 * hour), contact(0, 'next page')],
    ['an hour ahead and set right', logged(hour), contact(0)],
    [
      'an hour behind and set right, in the page of both contacts',
      logged(-hour, { known: { skewMs: 0, mark: mark('page') } }),
      contact(0),
    ],
  ])('R13 %s: nobody knows', (_how, stamp, first) => {
    expect(judgeTime(stamp, first)).toEqual(uncertain);
  });

  test.each([
    ['a right clock', logged(0), contact(0)],
    ['a right clock in a page that was closed', logged(0), contact(0, 'next page')],
    ['a right clock on a device that slept', logged(0), { ...contact(0), mark: mark('page', 8 * hour) }],
    ['a clock that is a little off', logged(toleratedSkew), contact(toleratedSkew)],
    ['a wrong clock, corrected by both contacts alike', wrongAllDay(), contact(26 * hour, 'next page')],
  ])('R13 %s: nothing changes', (_how, stamp, first) => {
    expect(judgeTime(stamp, first)).toEqual({ kind: 'right' });
  });

  test('R13 the contact before is enough for good if the clock was not set since', () => {
    const sure = logged(0, { known: { skewMs: 0, mark: mark('page') } });
    expect(judgeTime(sure, contact(26 * hour))).toEqual({ kind: 'right' });
    expect(judgeTime(sure)).toEqual({ kind: 'right' });
  });

  test('R13 without any contact there is no upper bound', () => {
    expect(judgeTime(logged(0))).toEqual({ kind: 'uncertain', from: met });
  });

  test('R13 a device that has never met a server, and a contact without a clock mark', () => {
    const first: Stamp = { deviceAt: met + 2 * hour, mark: mark('page'), earliest: builtAt };
    const bare: Contact = { skewMs: 0, serverNow: met + 3 * hour };
    expect(judgeTime(first, bare)).toEqual({ kind: 'right' });
    expect(judgeTime(first, { ...bare, skewMs: -hour })).toMatchObject({ kind: 'uncertain', from: builtAt });
  });

  test('R13 whenever the clock was set: in one page, a changed time is right, and one dated ahead is marked', () => {
    const offsets = fc.integer({ min: -400 * 24, max: 400 * 24 }).map((hours) => hours * hour);
    const moments = fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }));
    fc.assert(
      fc.property(fc.tuple(offsets, offsets, offsets), moments, ([before, at, after], [first, second]) => {
        const truth: Instant = met + first * minute;
        const stamp: Stamp = {
          deviceAt: truth + at,
          mark: mark('page', at),
          earliest: met,
          known: { skewMs: -before, mark: mark('page', before) },
        };
        const serverNow = truth + second * minute;
        const judged = judgeTime(stamp, { skewMs: -after, serverNow, mark: mark('page', after) });
        if (judged.kind === 'corrected') expect(judged.at).toBe(truth);
        if (judged.kind === 'right')
          expect(stamp.deviceAt - before).toBeLessThanOrEqual(serverNow + toleratedSkew);
        if (judged.kind === 'uncertain') {
          expect(judged.from).toBeLessThanOrEqual(truth);
          expect(judged.until).toBeGreaterThanOrEqual(truth);
        }
      }),
    );
  });
});

/** A clock that the contact before had corrected, in a page that has been closed since. */
function wrongAllDay(): Stamp {
  return logged(26 * hour, { known: { skewMs: -26 * hour } });
}

describe('a mark of the clock', () => {
  test('R13 drifts by seconds, and belongs to one page', () => {
    expect(isSteady(mark('page'), mark('page', 30_000))).toBe(true);
    expect(isSteady(mark('page'), mark('page', 2 * minute))).toBe(false);
    expect(isSteady(mark('page'), mark('next page'))).toBe(false);
    expect(isSteady(undefined, undefined)).toBe(false);
  });
});
