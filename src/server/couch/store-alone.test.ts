import { expect, it } from 'vitest';
import type { CouchClient, CouchReply } from './client';
import { storeAlone } from './store-alone';

/** A CouchDB that gives these answers in turn, and what it was asked. */
function answering(...replies: CouchReply[]): { client: CouchClient; asked: string[] } {
  const asked: string[] = [];
  const client: CouchClient = {
    request(method, path) {
      asked.push(`${method} ${path}`);
      const reply = replies.shift();
      if (!reply) throw new Error('One request too many.');
      return Promise.resolve(reply);
    },
  };
  return { client, asked };
}

const document = { _id: 'desk:a', name: 'Kassa' };
const store = ({ client }: { client: CouchClient }) => storeAlone(client, 'tiski-desks', document);
const taken = (status: number): CouchReply => ({ status, body: { ok: true, id: 'desk:a', rev: '2-own' } });

it('what every copy has accepted is stored, and a conflict is a conflict', async () => {
  const whole = answering(taken(201));
  expect(await store(whole)).toBe('stored');
  expect(whole.asked).toEqual(['PUT /tiski-desks/desk%3Aa?w=3']);
  expect(await store(answering({ status: 409, body: { error: 'conflict' } }))).toBe('conflict');
});

it('202 is stored if the copies settle on our own change', async () => {
  const couch = answering(taken(202), { status: 200, body: { ...document, _rev: '2-own' } });
  expect(await store(couch)).toBe('stored');
  expect(couch.asked[1]).toBe('GET /tiski-desks/desk%3Aa?r=3');
});

it('202 is a conflict if they settle on somebody else’s change, and our branch is removed', async () => {
  const couch = answering(
    taken(202),
    { status: 200, body: { ...document, name: 'Toinen', _rev: '2-other' } },
    { status: 200, body: { ok: true } },
  );
  expect(await store(couch)).toBe('conflict');
  expect(couch.asked[2]).toBe('DELETE /tiski-desks/desk%3Aa?rev=2-own');
});

it('any other outcome, and one that can’t be read back, fails', async () => {
  const failed = { status: 500, body: { error: 'internal_server_error' } };
  await expect(store(answering(failed))).rejects.toMatchObject({ reply: failed });
  await expect(store(answering(taken(202), failed))).rejects.toMatchObject({ reply: failed });
});
