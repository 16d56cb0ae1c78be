import * as v from 'valibot';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { askServer, type OfficeFailure } from './ask';

const html = '<!doctype html><title>Welcome to Airport Wi-Fi</title>';
const words = (error: string) => JSON.stringify({ error, reason: 'Why.' });

const askAnswered = (status: number, body: string, headers: Record<string, string> = {}) => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status, headers })));
  return askServer('GET', '/api/desks', v.object({ desks: v.array(v.string()) }));
};

afterEach(() => vi.unstubAllGlobals());

describe('an answer to the office', () => {
  it('is a value if it is a success of the expected shape', async () => {
    expect(await askAnswered(200, '{"desks":["a"]}')).toEqual({ ok: true, value: { desks: ['a'] } });
  });

  const unreachable: OfficeFailure = { kind: 'unreachable' };
  const cases: [string, number, string, OfficeFailure, Record<string, string>?][] = [
    ['another shape', 200, '{"desks":1}', unreachable],
    ['a page of HTML', 200, html, unreachable],
    ['a proxy that says so in HTML', 503, html, unreachable],
    ['401', 401, words('unauthorized'), { kind: 'signed-out' }],
    ['403', 403, words('forbidden'), { kind: 'forbidden' }],
    ['429 with seconds', 429, words('busy'), { kind: 'busy', seconds: 20 }, { 'retry-after': '20' }],
    ['503 without', 503, words('busy'), { kind: 'busy', seconds: 60 }],
    ['404', 404, words('unknown-card'), { kind: 'failed', error: 'unknown-card', reason: 'Why.' }],
    ['409', 409, words('conflict'), { kind: 'failed', error: 'conflict', reason: 'Why.' }],
    ['413', 413, words('too-large'), { kind: 'failed', error: 'too-large', reason: 'Why.' }],
    [
      'a fault, with the word by which it is found in the log',
      500,
      words('failed'),
      { kind: 'failed', error: 'failed', reason: 'Why.', requestId: 'abcd1234' },
      { 'x-request-id': 'abcd1234' },
    ],
  ];
  it.each(cases)('%s', async (_title, status, body, failure, headers) => {
    expect(await askAnswered(status, body, headers)).toEqual({ ok: false, failure });
  });
});
