import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { RemoteFailure } from '$lib/sync/ports';
import { classifyAnswer } from './classify';

const page = v.object({ results: v.array(v.string()) });
const html = '<!doctype html><title>Welcome to Airport Wi-Fi</title>';
const error = (name: string, reason = 'why') => JSON.stringify({ error: name, reason });
const now = Date.parse('2026-11-22T08:00:00Z');

const classify = (status: number, text: string, headers: Record<string, string> = {}) =>
  classifyAnswer({ status, headers: new Headers(headers), text }, page, now);

describe('an answer', () => {
  it('is ours if it is a success of the expected shape', () => {
    expect(classify(200, '{"results":["a"]}')).toEqual({ ok: true, value: { results: ['a'] } });
  });

  const cases: [string, number, string, RemoteFailure, Record<string, string>?][] = [
    ['S12 a page of HTML with 200', 200, html, { kind: 'not-our-server' }],
    ['S12 an empty body with 200', 200, '', { kind: 'not-our-server' }],
    ['S12 half of a JSON', 200, '{"results":["a', { kind: 'not-our-server' }],
    ['S12 JSON of another shape', 200, '{"results":[1]}', { kind: 'not-our-server' }],
    ['S12 JSON that is null', 200, 'null', { kind: 'not-our-server' }],
    ['S12 a redirect', 302, '', { kind: 'not-our-server' }],
    ['S12 an answer without a status', 0, '', { kind: 'not-our-server' }],
    ['S11 401 of CouchDB', 401, error('unauthorized'), { kind: 'signed-out' }],
    ['S11 401 of somebody else', 401, html, { kind: 'not-our-server' }],
    ['S11 403 of CouchDB', 403, error('forbidden'), { kind: 'forbidden' }],
    ['S11 403 of a firewall', 403, html, { kind: 'not-our-server' }],
    [
      'S4 404 of a document',
      404,
      error('not_found', 'missing'),
      { kind: 'rejected', status: 404, reason: 'missing' },
    ],
    ['S4 404 of a database', 404, error('not_found', 'Database does not exist.'), { kind: 'missing' }],
    ['S4 404 of somebody else', 404, html, { kind: 'not-our-server' }],
    [
      'S4 400',
      400,
      error('bad_request', 'invalid UTF-8 JSON'),
      { kind: 'rejected', status: 400, reason: 'invalid UTF-8 JSON' },
    ],
    [
      'S4 a 4xx without a reason',
      406,
      '{"error":"not_acceptable"}',
      { kind: 'rejected', status: 406, reason: 'not_acceptable' },
    ],
    ['S13 413 of CouchDB', 413, error('too_large'), { kind: 'too-large' }],
    ['S13 413 of a proxy', 413, html, { kind: 'too-large' }],
    ['S12 429 without a time', 429, html, { kind: 'busy' }],
    ['S12 503 with seconds', 503, html, { kind: 'busy', retryAfterMs: 120_000 }, { 'retry-after': '120' }],
    [
      'S12 429 with a date, by the clock of the server',
      429,
      html,
      { kind: 'busy', retryAfterMs: 30_000 },
      { 'retry-after': 'Sun, 22 Nov 2026 09:00:30 GMT', date: 'Sun, 22 Nov 2026 09:00:00 GMT' },
    ],
    [
      'S12 429 with a date alone, by the clock of the device',
      429,
      html,
      { kind: 'busy', retryAfterMs: 5_000 },
      { 'retry-after': 'Sun, 22 Nov 2026 08:00:05 GMT' },
    ],
    [
      'S12 429 with a date that has passed',
      429,
      html,
      { kind: 'busy', retryAfterMs: 0 },
      { 'retry-after': 'Sun, 22 Nov 2026 07:00:00 GMT' },
    ],
    ['S12 429 with nonsense', 429, html, { kind: 'busy' }, { 'retry-after': 'soon' }],
    ['S12 511 of a captive portal', 511, html, { kind: 'not-our-server' }],
    ['S12 500 of CouchDB', 500, error('unknown_error'), { kind: 'server-error', status: 500 }],
    ['S12 502 of a proxy', 502, html, { kind: 'server-error', status: 502 }],
  ];
  it.each(cases)('%s', (_title, status, text, failure, headers) => {
    expect(classify(status, text, headers)).toEqual({ ok: false, failure });
  });
});
