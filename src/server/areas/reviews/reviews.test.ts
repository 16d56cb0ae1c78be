import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConflicts } from '$lib/documents/review/find-conflicts';
import { documentsOfResolution } from '$lib/documents/review/resolve-conflict';
import { aCard, aScheme, aService, aVenue, aVisit, cardNumber, ulidOf } from '../../../../tests/builders';
import { send } from '../../../../tests/contract/couch-target';
import { startTestServer, type TestServer } from '../../../../tests/server';
import { resolveOnce } from './resolve-once';
import { readReviewInput } from './review-input';

let server: TestServer;
const number = cardNumber(1);
const sector = 'liikunta';

beforeEach(async () => {
  server = await startTestServer({ now: () => new Date('2026-11-23T08:00:00Z') });
  const rule = { kind: 'limit', n: 1, per: 'day' } as const;
  for (const document of [aScheme('warkaus'), aService('swim', { rule }), aVenue('uimahalli')]) {
    await put('tiski-catalogue', document);
  }
  expect((await call('POST', '/api/sectors', {})).status).toBe(200);
  await put('tiski-register', aCard(number));
  await put(`tiski-visits-${sector}`, aVisit('desk-1', 1));
  await put(`tiski-visits-${sector}`, aVisit('desk-2', 2, { at: '2026-11-22T09:00:00.000Z' }));
});
afterEach(() => server.stop());

async function put(database: string, document: { _id: string }) {
  const reply = await server.client.request(
    'PUT',
    `/${database}/${encodeURIComponent(document._id)}`,
    document,
  );
  expect(reply.status).toBe(201);
}

async function call(method: string, path: string, body?: object, password = server.adminPassword) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Basic ${btoa(`${server.adminName}:${password}`)}`,
      'content-type': 'application/json',
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as { reviews: Listed[]; error?: string } };
}
const voidOf = (id: string | undefined) =>
  server.client.request('GET', `/tiski-visits-${sector}/${encodeURIComponent(`void:${id}`)}`);

interface Listed {
  conflict: { id: string; entries: { id: string }[] };
  state: { kind: string };
}

describe('the office’s review list', () => {
  it('R7 finds what two desks did, and a decision settles it by documents', async () => {
    const { body } = await call('GET', '/api/reviews');
    expect(body.reviews).toMatchObject([
      { sector, conflict: { kind: 'limit', card: number, allowed: 1 }, state: { kind: 'open' } },
    ]);
    const [review] = body.reviews;
    const seen = review?.conflict.entries.map(({ id }) => id) ?? [];
    const decide = (decision: object, looked = seen) =>
      call('POST', '/api/reviews', { sector, conflict: review?.conflict.id, seen: looked, decision });

    expect((await decide({ kind: 'accept' }, seen.slice(1))).status, 'not as it was seen').toBe(409);
    expect((await decide({ kind: 'forget' })).status).toBe(400);
    expect((await decide({ kind: 'contact' })).status).toBe(200);
    expect((await call('GET', '/api/reviews')).body.reviews).toMatchObject([
      { state: { kind: 'contacted' } },
    ]);
    expect((await decide({ kind: 'keep', kept: seen.slice(0, 1) })).status).toBe(200);
    expect((await call('GET', '/api/reviews')).body.reviews).toEqual([]);
    const voided = await server.client.request(
      'GET',
      `/tiski-visits-${sector}/${encodeURIComponent(`void:${seen[1]}`)}`,
    );
    expect(voided.body).toMatchObject({ type: 'void', by: 'administrator', desk: 'desk-2' });
  });

  it('R7 counts a season from its first day, including the visit of three months ago', async () => {
    await put(
      'tiski-catalogue',
      aService('aqua', { rule: { kind: 'limit', n: 2, per: 'season', seasonStarts: ['08-01'] } }),
    );
    const days = ['2026-07-20', '2026-08-20', '2026-11-20', '2026-11-21'];
    for (const [index, date] of days.entries()) {
      const visit = { service: 'aqua', at: `${date}T06:00:00.000Z` };
      await put(`tiski-visits-${sector}`, aVisit(`desk-${index + 1}`, index + 10, visit));
    }
    const { body } = await call('GET', '/api/reviews');
    const aqua = body.reviews.filter(({ conflict }) => conflict.id.includes(':aqua:'));
    expect(aqua).toMatchObject([{ conflict: { id: `limit:${number}:aqua:2026-08-01` } }]);
    expect(aqua[0]?.conflict.entries).toHaveLength(3);
  });

  it('R13 lists visits of unknown time, also from an older build, and undoes them one by one', async () => {
    const [from, until] = ['2026-11-22T07:00:00.000Z', '2026-11-22T12:00:00.000Z'];
    const at = '2027-11-22T08:00:00.000Z';
    const swim = (desk: string, index: number, changes: object) =>
      put(`tiski-visits-${sector}`, aVisit(desk, index, { card: cardNumber(index), ...changes }));
    await swim('desk-3', 11, { at: '2025-01-01T00:00:00.000Z', timeUncertain: { from, until } });
    await swim('desk-3', 12, { at, timeUncertain: { from, until } });
    await swim('desk-4', 13, { at });
    const times = async () => {
      const { reviews } = (await call('GET', '/api/reviews')).body;
      return reviews.filter(({ conflict }) => conflict.id.startsWith('times:'));
    };
    const found = await times();
    expect(found.map(({ conflict }) => [conflict.id, conflict.entries.length])).toEqual([
      [`times:desk-3:swim:${until}`, 2],
      ['times:desk-4:swim:ahead', 1],
    ]);
    const { id, entries } = found[0]?.conflict ?? { id: '', entries: [] };
    const [one, two] = entries.map((each) => each.id);
    const undo = (undone: (string | undefined)[], seen: (string | undefined)[]) =>
      call('POST', '/api/reviews', { sector, conflict: id, seen, decision: { kind: 'undo', undone } });
    expect((await undo(['visit:desk-1:x'], [one, two])).status).toBe(400);
    expect((await undo([], [one, two])).status).toBe(400);
    expect((await undo([one], [one, two])).status).toBe(200);
    expect((await times())[0]).toMatchObject({
      conflict: { entries: [{ id: two }] },
      state: { kind: 'open' },
    });
    const accepted = { sector, conflict: id, seen: [two], decision: { kind: 'accept' } };
    expect((await call('POST', '/api/reviews', accepted)).status).toBe(200);
    expect((await times())[0]).toMatchObject({ state: { kind: 'settled' } });
  });

  it('is for the office alone, and knows its sectors', async () => {
    expect((await call('GET', '/api/reviews', undefined, 'wrong')).status).toBe(401);
    const unknown = { sector: 'nowhere', conflict: 'x', seen: [], decision: { kind: 'accept' } };
    expect((await call('POST', '/api/reviews', unknown)).status).toBe(404);
  });

  it('R7 if two people decide at the same moment at two servers, one does', async () => {
    const couchUrl = `http://${server.adminName}:${server.adminPassword}@${new URL(server.url).host}/couch`;
    const second = await startTestServer({ couchUrl, now: () => new Date('2026-11-23T08:00:00Z') });
    try {
      for (let round = 0; round < 12; round += 1) {
        const card = cardNumber(100 + round);
        await put('tiski-register', aCard(card));
        const visits = [1, 2].map((desk) => aVisit(`desk-${desk}`, 100 + round, { card }));
        for (const visit of visits) await put(`tiski-visits-${sector}`, visit);
        const { reviews } = (await call('GET', '/api/reviews')).body;
        const review = reviews.find(({ conflict }) =>
          conflict.entries.some(({ id }) => id === visits[0]?._id),
        );
        const seen = review?.conflict.entries.map(({ id }) => id) ?? [];
        expect(seen).toHaveLength(2);
        const decideAt = (url: string, kept: string | undefined) =>
          send('POST', `${url}/api/reviews`, {
            as: { name: server.adminName, password: server.adminPassword },
            body: { sector, conflict: review?.conflict.id, seen, decision: { kind: 'keep', kept: [kept] } },
          });
        const answers = await Promise.all([decideAt(server.url, seen[0]), decideAt(second.url, seen[1])]);
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
        const kept = answers[0]?.status === 200 ? seen[0] : seen[1];
        const voids = await Promise.all(seen.map(async (id) => [id, (await voidOf(id)).status] as const));
        expect(voids).toEqual(seen.map((id) => [id, id === kept ? 404 : 200]));
      }
    } finally {
      await second.stop();
    }
  });

  it('R7 a decision that was cut off is completed by whoever decides next, and holds', async () => {
    const context = await readReviewInput(server.client, sector, new Date('2026-11-23T08:00:00Z'));
    const [review] = findConflicts(context.documents, context.context);
    if (!review) throw new Error('There is no conflict.');
    const seen = review.conflict.entries.map(({ id }) => id);
    const kept = (id: string | undefined) => ({ kind: 'keep', kept: [id ?? ''] }) as const;
    const author = { by: 'administrator', at: Date.parse('2026-11-23T08:00:00Z'), randomId: () => ulidOf(1) };
    await resolveOnce(
      server.client,
      sector,
      review,
      documentsOfResolution(review.conflict, kept(seen[0]), author),
    );
    expect((await voidOf(seen[1])).status).toBe(404);

    const decide = (decision: object) =>
      call('POST', '/api/reviews', { sector, conflict: review.conflict.id, seen, decision });
    expect((await decide(kept(seen[1]))).status).toBe(409);
    expect([(await voidOf(seen[0])).status, (await voidOf(seen[1])).status]).toEqual([404, 200]);
    expect((await call('GET', '/api/reviews')).body.reviews).toEqual([]);
  });

  it('R7 pressed again after a try that was cut off, a decision is made once', async () => {
    const context = await readReviewInput(server.client, sector, new Date('2026-11-23T08:00:00Z'));
    const [review] = findConflicts(context.documents, context.context);
    if (!review) throw new Error('There is no conflict.');
    const decision = { kind: 'accept' } as const;
    const author = { by: 'administrator', at: Date.parse('2026-11-23T08:00:00Z'), randomId: () => ulidOf(1) };
    const outcome = documentsOfResolution(review.conflict, decision, author);
    await resolveOnce(server.client, sector, review, outcome);
    const seen = review.conflict.entries.map(({ id }) => id);
    const again = await call('POST', '/api/reviews', {
      sector,
      conflict: review.conflict.id,
      seen,
      decision,
    });
    expect(again).toMatchObject({ status: 200, body: { resolution: { _id: outcome.resolution._id } } });
  });
});
