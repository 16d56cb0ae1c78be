import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aScheme, aService } from '../../../../../tests/builders';
import type { Account, Answer } from '../../../../../tests/contract/couch-target';
import { anOfficial, cityTemplates, someCriteria } from '../../../../../tests/letters';
import { aNewCase, anAccount, aPerson, as, loggedActions } from '../../../../../tests/people';
import { startTestServer, type TestServer } from '../../../../../tests/server';
import type { PersonFacts } from '$lib/documents/people/person-document';
import { AuditLog } from '../../../audit/audit-log';
import { requireOk } from '../../../couch/client';
import { PeopleIndex } from '../../../people/people-index';
import { takeCase } from '../../../people/take-case';
import type { SeenCase } from '../read-case';
import type { LetterPreview, SentLetter } from './send-letter';

const now = () => new Date('2026-11-23T08:00:00Z');
const byPost = { way: 'post', on: '2026-11-23' };
const address = { street: 'Koivukuja 3', postcode: '00100', town: 'Esimerkkilä' };

let server: TestServer;
let accounts: Record<'clerk' | 'decider' | 'coordinator' | 'auditor', Account>;
let made = 0;

beforeAll(async () => {
  server = await startTestServer({ now });
  const { client } = server;
  accounts = {
    clerk: await anAccount(client, 'clerk', 'receive'),
    decider: await anAccount(client, 'decider', 'decide'),
    coordinator: await anAccount(client, 'coordinator', 'coordinator'),
    auditor: await anAccount(client, 'auditor', 'audit'),
  };
  const [scheme, service] = [aScheme('warkaus', { services: ['uinti'] }), aService('uinti')];
  for (const each of [scheme, service]) await requireOk(client, 'PUT', `/tiski-catalogue/${each._id}`, each);
});
afterAll(() => server.stop());

const call = (who: keyof typeof accounts) => as(server.url, accounts[who]);
const read = async (id: string) => (await call('decider')('GET', `/api/cases/${id}`)).body as SeenCase;
const act = async (id: string, action: object) =>
  call('decider')('POST', `/api/cases/${id}/actions`, { action, rev: (await read(id)).case._rev });
const send = async (id: string, sending: object = byPost) =>
  call('decider')('POST', `/api/cases/${id}/letter`, { rev: (await read(id)).case._rev, ...sending });
const preview = async (id: string, sending: object = byPost) =>
  (await call('decider')('POST', `/api/cases/${id}/letter/preview`, sending)).body as LetterPreview;

/** A case that was decided today. */
async function aDecidedCase(
  facts: Partial<PersonFacts> = {},
  outcome = 'granted',
  reasons: string[] = [],
): Promise<string> {
  made += 1;
  const { client } = server;
  const taking = { client, index: new PeopleIndex(client), log: new AuditLog(client, now).log, now };
  const id = await takeCase(taking, aNewCase(made, { person: aPerson(made, { address, ...facts }) }));
  await act(id, { kind: 'assigned', to: 'decider' });
  const answer = await act(id, { kind: 'decided', outcome, on: '2026-11-23', reasons, text: '' });
  expect(answer.status).toBe(200);
  return id;
}

/** The page as a browser gets it. */
async function page(id: string, who: keyof typeof accounts = 'decider'): Promise<Response> {
  const { name, password } = accounts[who];
  const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  return fetch(`${server.url}/api/letters/${id}`, { headers: { authorization } });
}

describe('a city that has written nothing yet', () => {
  it('B40 is told what each letter lacks, and none is made', async () => {
    const id = await aDecidedCase();
    const { missing, html } = await preview(id);
    expect(missing).toEqual([
      'authority',
      'validity',
      'provisions',
      'official',
      'rectification-body',
      'rectification-address',
    ]);
    expect(html).toContain('LUONNOS');
    expect(await send(id)).toMatchObject({
      status: 422,
      body: { error: 'letter-incomplete', field: 'authority' },
    });
    expect((await read(id)).status.conclusions[0]?.letters).toEqual([]);
  });

  it('has texts of Tiski’s own, and a coordinator writes the rest', async () => {
    const { body } = await call('decider')('GET', '/api/letter-templates');
    expect(body).toMatchObject({ templates: { authority: { name: { fi: '' } } } });
    const refused = await call('decider')('POST', '/api/letter-templates', { templates: cityTemplates });
    expect(refused.status).toBe(403);
    const faulty = { ...cityTemplates, court: { ...cityTemplates.court, email: 'no address' } };
    expect(await call('coordinator')('POST', '/api/letter-templates', { templates: faulty })).toMatchObject({
      status: 400,
      body: { field: 'court.email' },
    });
    const saved = await call('coordinator')('POST', '/api/letter-templates', { templates: cityTemplates });
    expect(saved).toMatchObject({ status: 200, body: { templates: cityTemplates } });
    const again = await call('coordinator')('POST', '/api/letter-templates', { templates: cityTemplates });
    expect(again).toMatchObject({ status: 409, body: { error: 'changed' } });
  });
});

describe('a city that has written its texts', () => {
  beforeAll(async () => {
    await anOfficial(server.client, 'decider', 'Aino Mallikas');
    await someCriteria(server.client, 'warkaus');
  });

  it('B40 B44 sends a letter, and keeps what was sent byte for byte', async () => {
    const id = await aDecidedCase();
    const before = (await loggedActions(server.client)).length;
    const { status, body } = await send(id);
    expect(status).toBe(200);
    const sent = body as SentLetter;
    expect(sent).toMatchObject({ notice: '2026-11-30', lastDay: '2026-12-14', finalFrom: '2026-12-15' });
    const answer = await page(sent.id);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sent.sha256);
    const stored = (await requireOk(server.client, 'GET', `/tiski-people/${sent.id}`)) as { html: string };
    expect(bytes).toEqual(new TextEncoder().encode(stored.html));
    expect(stored.html).toContain('23.11.2026 – 23.11.2027');
    expect((await read(id)).status.conclusions[0]?.letters).toEqual([{ ...byPost, letter: sent.id }]);
    const logged = (await loggedActions(server.client)).slice(before).map(({ action }) => action);
    expect(logged).toEqual(['case-read', 'case-letter-sent', 'letter-read', 'case-read']);
    expect((await act(id, { kind: 'closed' })).body).toMatchObject({ status: { state: 'closed' } });
  });

  it('runs no script, loads nothing, and stands in no other site’s frame', async () => {
    const family = '<script>alert(1)</script>';
    const id = await aDecidedCase({ name: { given: 'Testi', family } });
    const answer = await page(((await send(id)).body as SentLetter).id);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'self'");
    expect(policy).toMatch(/sandbox allow-same-origin allow-modals$/);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const text = await answer.text();
    expect(text).toContain('Testi &lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toContain('<script');
  });

  it('pressed twice, even at the same moment, sends one letter', async () => {
    const id = await aDecidedCase();
    const { _rev: rev } = (await read(id)).case;
    const press = () => call('decider')('POST', `/api/cases/${id}/letter`, { ...byPost, rev });
    const answers: Answer[] = [...(await Promise.all([press(), press(), press()])), await press()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(answers.map(({ body }) => (body as SentLetter).id)).size).toBe(1);
    expect((await read(id)).status.conclusions[0]?.letters).toHaveLength(1);
  });

  it('of two different ones at the same moment, one is sent and the other leaves nothing', async () => {
    const id = await aDecidedCase();
    const { _rev: rev } = (await read(id)).case;
    const press = (way: string) =>
      call('decider')('POST', `/api/cases/${id}/letter`, { way, on: '2026-11-23', rev });
    const answers = await Promise.all([press('post'), press('in-hand')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const letters = (await read(id)).status.conclusions[0]?.letters ?? [];
    expect(letters).toHaveLength(1);
    const all = (await requireOk(
      server.client,
      'GET',
      '/tiski-people/_all_docs?include_docs=true&startkey="letter:"&endkey="letter;"',
    )) as { rows: { id: string; doc: { case: string } }[] };
    const kept = all.rows.filter(({ doc }) => doc.case === id).map((row) => row.id);
    expect(kept).toEqual(letters.map(({ letter }) => letter));
  });

  it('B41 is in Swedish for whoever wishes it, and in a chosen language for whoever speaks English', async () => {
    expect((await preview(await aDecidedCase({ language: 'sv' }))).html).toContain('Du beviljas kortet');
    const id = await aDecidedCase({ language: 'en' });
    expect((await preview(id)).missing).toEqual(['language']);
    expect((await preview(id, { ...byPost, language: 'sv' })).missing).toEqual([]);
  });

  it('B9 gives the reasons that were chosen', async () => {
    const id = await aDecidedCase({}, 'refused', ['lives-elsewhere']);
    expect((await preview(id)).html).toContain('Kotikuntasi on muu kunta.');
    expect((await preview(await aDecidedCase({}, 'refused', ['gone']))).missing).toEqual([
      'reasons',
      'reason-template',
    ]);
  });

  it('B42 is sent today or within a week, never yesterday', async () => {
    const id = await aDecidedCase();
    for (const on of ['2026-11-22', '2026-12-01']) {
      const answer = await send(id, { way: 'post', on });
      const error = on < '2026-11-23' ? 'before-decision' : 'not-that-day';
      expect(answer).toMatchObject({ status: 422, body: { error } });
    }
    expect((await send(id, { way: 'post', on: '2026-11-30' })).status).toBe(200);
  });

  it('B2 B3 is sent by whoever has the case, once it is decided', async () => {
    made += 1;
    const { client } = server;
    const taking = { client, index: new PeopleIndex(client), log: new AuditLog(client, now).log, now };
    const open = await takeCase(taking, aNewCase(made));
    expect(await send(open)).toMatchObject({ status: 422, body: { error: 'not-decided' } });
    expect(await preview(open)).toMatchObject({ error: 'not-decided' });
    const id = await aDecidedCase();
    const { _rev: rev } = (await read(id)).case;
    const foreign = await call('clerk')('POST', `/api/cases/${id}/letter`, { ...byPost, rev });
    expect(foreign).toMatchObject({ status: 422, body: { error: 'assigned-to-other' } });
    expect((await call('auditor')('POST', `/api/cases/${id}/letter`, { ...byPost, rev })).status).toBe(403);
    const { id: letter } = (await send(id)).body as SentLetter;
    expect((await page(letter, 'auditor')).status).toBe(403);
    expect((await page(letter, 'coordinator')).status).toBe(403);
  });

  it('B44 that somebody changed in the store is not shown', async () => {
    const id = await aDecidedCase();
    const { id: letter } = (await send(id)).body as SentLetter;
    const stored = (await requireOk(server.client, 'GET', `/tiski-people/${letter}`)) as object;
    await requireOk(server.client, 'PUT', `/tiski-people/${letter}`, { ...stored, html: '<p>Muu.</p>' });
    expect((await page(letter)).status).toBe(500);
  });
});
