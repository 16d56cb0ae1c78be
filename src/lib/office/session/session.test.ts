import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OfficeSession } from './session.svelte';

/** The server's next answers, in order. */
let answers: (() => Promise<Response>)[];
const json = (status: number, body: object) => () =>
  Promise.resolve(new Response(JSON.stringify(body), { status }));
const person = (name: string | null, ...roles: string[]) =>
  json(200, { name, ...(name !== null && { rights: roles }) });
const signedOut = json(401, { error: 'unauthorized', reason: 'Sign in.' });

let session: OfficeSession;
beforeEach(() => {
  session = new OfficeSession();
  vi.stubGlobal('fetch', () => answers.shift()?.() ?? Promise.reject(new TypeError('No network.')));
});
afterEach(() => vi.unstubAllGlobals());

describe('the office’s session', () => {
  it('knows what the signed-in person may do; an administrator may do what no resident is concerned by', async () => {
    answers = [person('aino', 'office'), person('eero', 'administrator')];
    await session.refresh();
    expect([session.may('office'), session.may('coordinator')]).toEqual([true, false]);
    await session.refresh();
    expect([session.may('office'), session.may('coordinator')]).toEqual([true, true]);
  });

  it('an administrator has no right that concerns residents', async () => {
    answers = [person('eero', 'administrator')];
    await session.refresh();
    const rights = ['referrer', 'receive', 'decide', 'self-approve', 'hand-out', 'reports', 'audit'] as const;
    expect(rights.filter((right) => session.may(right))).toEqual([]);
  });

  it('behind a locked screen asks for nothing; what one person typed is not for the next', async () => {
    answers = [person('aino', 'office')];
    await session.refresh();
    const asked = vi.fn(person('eero', 'office'));
    answers = [json(200, { ok: true }), asked];
    session.lock.lock();
    expect((await session.refresh()).ok).toBe(false);
    expect((await session.ask('GET', '/api/desks', v.unknown())).ok).toBe(false);
    expect(asked).not.toHaveBeenCalled();
    const { owner } = session;
    await session.signedIn();
    expect([session.lock.isLocked, session.person?.name, session.owner]).toEqual([false, 'eero', owner + 1]);
  });

  it('says that nobody is signed in, which is not a failure', async () => {
    answers = [person(null)];
    expect(await session.refresh()).toEqual({ ok: false, failure: { kind: 'signed-out' } });
    expect([session.isSignedOut, session.failure]).toEqual([true, undefined]);
  });

  it('keeps the person while the server is away', async () => {
    answers = [person('aino', 'office')];
    await session.refresh();
    await session.refresh();
    expect(session.failure).toEqual({ kind: 'unreachable' });
    expect([session.may('office'), session.isSignedOut]).toEqual([true, false]);
  });

  it.each([
    ['an area’s request', signedOut, () => session.ask('GET', '/api/desks', v.unknown())],
    ['a look', person(null), () => session.refresh()],
  ])(
    'notices by %s that the sign-in has ended, and keeps the screen until the next',
    async (_by, answer, look) => {
      answers = [person('aino', 'office'), answer, person('aino', 'office')];
      await session.refresh();
      await look();
      expect(session.failure).toEqual({ kind: 'signed-out' });
      expect([session.may('office'), session.isSignedOut]).toEqual([true, true]);
      await session.refresh();
      expect([session.failure, session.isSignedOut]).toEqual([undefined, false]);
    },
  );

  it('goes by the request sent last, whichever answer comes last', async () => {
    let answerFirst = () => {};
    const late = new Promise<Response>((resolve) => {
      answerFirst = () => void person(null)().then(resolve);
    });
    answers = [() => late, person('aino', 'office')];
    const first = session.refresh();
    await session.refresh();
    answerFirst();
    await first;
    expect(session.person?.name).toBe('aino');
  });
});
