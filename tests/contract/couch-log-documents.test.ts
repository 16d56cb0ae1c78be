import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ResolutionDocument } from '../../src/lib/documents/visits/visit-documents';
import { provision } from '../../src/server/provision/provision';
import { aChoice, anOffering, aRelease, aService, aVisit, aVoid, ulidOf } from '../builders';
import { targets, type Account, type Target } from './couch-target';

/** Who may write choices, releases, resolutions, offerings and keys, over every kind of server. */

const resolution = (by: string, index: number, change: object = {}): ResolutionDocument => ({
  _id: `resolution:${by}:${ulidOf(index)}`,
  type: 'resolution',
  v: 1,
  conflict: 'choices:00000013:course',
  documents: ['choice:hall:x'],
  decision: 'accept',
  by,
  at: '2026-11-22T08:00:00.000Z',
  ...change,
});

describe.each(targets)('the log’s documents, over $name', ({ start }) => {
  let target: Target;
  let hall: Account;
  let gym: Account;
  let office: Account;
  let coordinator: Account;
  let index = 0;
  const next = () => (index += 1);
  const log = 'tiski-visits-liikunta';

  beforeAll(async () => {
    target = await start();
    await provision(target.client);
    const service = aService('uinti');
    await target.client.request('PUT', `/tiski-catalogue/${service._id}`, service);
    await provision(target.client);
    hall = await target.addAccount('hall', ['desk', 'venue:uimahalli', 'sector:liikunta']);
    gym = await target.addAccount('gym', ['desk', 'venue:kuntosali', 'sector:liikunta']);
    office = await target.addAccount('office', ['office']);
    coordinator = await target.addAccount('coordinator', ['coordinator']);
    // CouchDB applies a new validation function a moment late.
    for (const database of [log, 'tiski-catalogue']) {
      await vi.waitFor(async () => {
        expect((await write(database, { _id: `probe${next()}` }, target.admin)).status).toBe(403);
      });
    }
  });
  afterAll(() => target.stop());

  const write = (database: string, document: { _id: string }, as: Account) =>
    target.couch('PUT', `/${database}/${encodeURIComponent(document._id)}`, {
      as,
      body: document,
    });

  it('R9 a desk writes its own choices and undoes them', async () => {
    const choice = aChoice(hall.name, next());
    expect((await write(log, choice, hall)).status).toBe(201);
    expect((await write(log, aRelease(choice), hall)).status).toBe(201);
  });

  it('R9 a desk writes no choice of another desk, for another venue, or of another form', async () => {
    const others = aChoice(gym.name, next(), { venue: 'kuntosali' });
    expect((await write(log, others, gym)).status).toBe(201);
    const own = () => aChoice(hall.name, next());
    const wrong: { _id: string; [field: string]: unknown }[] = [
      aChoice(gym.name, next()),
      { ...own(), desk: gym.name },
      { ...own(), venue: 'kuntosali' },
      { ...own(), _id: 'choice:x' },
      { ...own(), card: '1234' },
      { ...own(), offering: '' },
      { ...own(), at: 'yesterday' },
      { ...own(), register: null },
      aRelease(others),
      aRelease(others, { by: hall.name }),
      aRelease(own(), { reason: 'office' }),
      { ...aRelease(own()), choice: others._id },
    ];
    for (const document of wrong) {
      expect([document, (await write(log, document, hall)).status]).toEqual([document, 403]);
    }
  });

  it('R9 the office releases any choice', async () => {
    const choice = aChoice(gym.name, next(), { venue: 'kuntosali' });
    expect((await write(log, choice, gym)).status).toBe(201);
    const release = aRelease(choice, { by: office.name, reason: 'office' });
    expect((await write(log, release, office)).status).toBe(201);
  });

  it('a desk accepts or asks in a review; the office decides what is kept', async () => {
    expect((await write(log, resolution(hall.name, next()), hall)).status).toBe(201);
    const asking = resolution(hall.name, next(), { decision: 'contact' });
    expect((await write(log, asking, hall)).status).toBe(201);
    for (const wrong of [
      resolution(hall.name, next(), { decision: 'keep', kept: [] }),
      resolution(gym.name, next()),
      resolution(hall.name, next(), { by: gym.name }),
      resolution(hall.name, next(), { documents: [] }),
      resolution(hall.name, next(), { decision: 'forget' }),
    ]) {
      expect([wrong, (await write(log, wrong, hall)).status]).toEqual([wrong, 403]);
    }
    const kept = resolution(office.name, next(), { decision: 'keep', kept: ['choice:hall:x'] });
    expect((await write(log, kept, office)).status).toBe(201);
  });

  it('R10 R11 a visit may have its offering, its portions and its people; the office’s void has its author', async () => {
    const visit = aVisit(hall.name, next(), {
      offering: 'tonight',
      portions: 2,
      people: { holder: 1, children: 1, assistants: 0 },
    });
    expect((await write(log, visit, hall)).status).toBe(201);
    expect((await write(log, aVoid(visit, { by: office.name }), office)).status).toBe(201);
    for (const change of [{ offering: 7 }, { portions: -1 }, { portions: 'two' }]) {
      const wrong = { ...aVisit(hall.name, next()), ...change };
      expect([change, (await write(log, wrong, hall)).status]).toEqual([change, 403]);
    }
  });

  it('none of it ever changes', async () => {
    const choice = aChoice(hall.name, next());
    const { body } = await write(log, choice, hall);
    const { rev } = body as { rev: string };
    const changed = { ...choice, _rev: rev, offering: 'guitar' };
    expect((await write(log, changed, hall)).status).toBe(403);
    expect((await write(log, { ...changed, _deleted: true } as { _id: string }, office)).status).toBe(403);
  });

  it('a coordinator keeps the catalogue but publishes no key; the office and desks change nothing there', async () => {
    const offering = anOffering('guitar', { service: 'uinti' });
    for (const account of [office, hall]) {
      expect((await write('tiski-catalogue', offering, account)).status).toBe(403);
    }
    expect((await write('tiski-catalogue', offering, coordinator)).status).toBe(201);
    const wrong = { ...offering, _id: 'offering:wrong', from: 'soon' };
    expect((await write('tiski-catalogue', wrong, coordinator)).status).toBe(403);
    const part = 'x'.repeat(43);
    const ed25519 = { kty: 'OKP', crv: 'Ed25519', x: part };
    const p256 = { kty: 'EC', crv: 'P-256', x: part, y: part };
    for (const key of [
      { _id: 'key:forged', type: 'key', v: 1, jwk: ed25519, from: '2026-11-22' },
      { _id: 'rescue-key:forged', type: 'rescue-key', v: 1, jwk: p256, madeAt: '2026-11-22T08:00:00Z' },
    ]) {
      expect((await write('tiski-catalogue', key, coordinator)).status).toBe(403);
      expect((await write('tiski-catalogue', key, target.admin)).status).toBe(201);
    }
  });
});
