import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SubmissionsServer } from '$lib/remote/submissions-api';
import type { SentSubmission, SubmissionAnswer } from '$lib/documents/submissions/submission';
import type { RemoteFailure } from '$lib/sync/ports';
import { ulidOf } from '../../../tests/builders';
import { FakeTime } from '../../../tests/fake-time';
import { aReferral, everythingIn } from '../../../tests/submissions';
import { makeOfficeKey, openSealed, publicPart, type OfficeKey } from '../../server/keys/office-key';
import { SubmissionsDatabase } from './database';
import { countWaiting, createOutbox, daysKeptSent, discardRefused, listRefused, tryAgain } from './outbox';
import { startSender, type Sender } from './send';
import type { SendingState } from './sending-state';
import { submit } from './submit';

Dexie.dependencies.indexedDB = indexedDB;
Dexie.dependencies.IDBKeyRange = IDBKeyRange;

const morning = Date.parse('2026-11-24T08:00:00Z');
const day = 24 * 60 * 60_000;

/** A server that keeps what it is sent, in as many copies as the test makes. */
class FakeOffice implements SubmissionsServer {
  epoch = 'epoch-1';
  stored = new Map<string, SentSubmission>();
  batches: number[] = [];
  failure: RemoteFailure | undefined;
  answers = new Map<string, Omit<SubmissionAnswer, 'id'>>();
  losesAnswers = false;
  hasKey = true;

  constructor(private readonly key: OfficeKey) {}

  look = async () => {
    if (this.failure?.kind === 'unreachable') return { ok: false, failure: this.failure } as const;
    const { kid, madeAt } = this.key;
    const key = { kid, madeAt, jwk: publicPart(this.key) };
    return { ok: true, value: { epoch: this.epoch, ...(this.hasKey && { key }) } } as const;
  };
  send = async (submissions: readonly SentSubmission[]) => {
    if (this.failure) return { ok: false, failure: this.failure } as const;
    this.batches.push(submissions.length);
    const value = submissions.map((submission): SubmissionAnswer => {
      const answer = this.answers.get(submission.id) ?? { outcome: 'stored' };
      if (answer.outcome === 'stored') this.stored.set(submission.id, submission);
      return { id: submission.id, ...answer };
    });
    if (this.losesAnswers) return { ok: false, failure: { kind: 'unreachable' } } as const;
    return { ok: true, value } as const;
  };
  missing = async (ids: readonly string[]) =>
    ({ ok: true, value: ids.filter((id) => !this.stored.has(id)) }) as const;
}

let db: SubmissionsDatabase;
let time: FakeTime;
let key: OfficeKey;
let office: FakeOffice;
let state: SendingState | undefined;
const senders: Sender[] = [];

beforeEach(async () => {
  db = new SubmissionsDatabase(`test-${crypto.randomUUID()}`);
  time = new FakeTime(morning);
  key = await makeOfficeKey(new Date(morning));
  office = new FakeOffice(key);
  state = undefined;
});
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.stop()));
  await db.delete();
});

function start(): Sender {
  const outbox = createOutbox(db, time.now);
  const sender = startSender({ server: office, outbox, timing: time, onState: (told) => (state = told) });
  senders.push(sender);
  return sender;
}
/** As a laptop that has been online once. */
async function getKey(): Promise<void> {
  const look = await office.look();
  if (look.ok) await createOutbox(db, time.now).learn(look.value);
}
const refer = (index: number, changes: object = {}) =>
  submit(db, 'referral', aReferral(changes), { now: time.now(), by: 'aino', id: ulidOf(index) });
const waiting = async () => (await countWaiting(db)).get('referral') ?? 0;

describe('submit', () => {
  it('S20 leaves nothing readable on the device: a referral waits, and the office alone reads it', async () => {
    await getKey();
    const body = aReferral({ note: 'Muistettavaa' });
    expect(await refer(1, { note: 'Muistettavaa' })).toEqual({ kind: 'saved', id: ulidOf(1) });
    expect(await waiting()).toBe(1);
    const dump = await everythingIn(db.name);
    expect(dump).toContain(ulidOf(1));
    const { name, contact } = body.person;
    const secrets = [name.given, name.family, contact.kind === 'post' ? '' : contact.value].filter(Boolean);
    for (const secret of [...secrets, 'Muistettavaa', 'aino', 'social-work']) {
      expect(dump, secret).not.toContain(secret);
    }
    const row = await db.submissions.get(ulidOf(1));
    const { sealed } = row?.submission as { sealed: string };
    expect(await openSealed(sealed, 'tiski-submission', [key])).toMatchObject({
      kind: 'opened',
      content: { v: 1, id: ulidOf(1), kind: 'referral', by: 'aino', body },
    });
  });

  it('S20 keeps nothing without the office’s key, and says so', async () => {
    expect(await refer(1)).toEqual({ kind: 'no-key' });
    office.hasKey = false;
    await getKey();
    expect(await refer(1)).toEqual({ kind: 'no-key' });
    expect(await waiting()).toBe(0);
  });

  it('S20 names the fields that are wrong, and keeps nothing', async () => {
    await getKey();
    const person = { ...aReferral().person, name: { given: ' ', family: 'x' }, birthYear: 74 };
    expect(await refer(1, { person, note: 'x'.repeat(2_001) })).toEqual({
      kind: 'invalid',
      faults: [
        { field: 'person.name.given', message: 'is missing' },
        { field: 'person.birthYear', message: 'must be a year like 1974' },
        { field: 'note', message: 'must have 2000 characters at most' },
      ],
    });
    const answers = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`q${index}`, 'ä'.repeat(400)]),
    );
    expect(await refer(1, { answers })).toMatchObject({ kind: 'invalid', faults: [{ field: 'body' }] });
    expect(await waiting()).toBe(0);
  });

  it('S20 a second press of one form submits nothing twice', async () => {
    await getKey();
    const results = await Promise.all([refer(1), refer(1), refer(1)]);
    expect(results).toEqual(Array(3).fill({ kind: 'saved', id: ulidOf(1) }));
    expect(await waiting()).toBe(1);
  });

  it('S20 a full disk is an answer', async () => {
    await getKey();
    db.submissions.hook('creating', () => {
      throw new DOMException('No room.', 'QuotaExceededError');
    });
    expect(await refer(1)).toEqual({ kind: 'storage-full' });
  });
});

describe('the sender', () => {
  it('S20 sends in bounded batches, and counts only what waits', async () => {
    await getKey();
    for (let index = 1; index <= 120; index++) await refer(index);
    start();
    for (let turn = 0; turn < 5; turn++) await time.pass(1);
    expect(office.batches.every((count) => count <= 50)).toBe(true);
    expect([office.stored.size, await waiting()]).toEqual([120, 0]);
    expect(state).toEqual({ phase: 'idle' });
    await refer(200);
    await time.pass(1);
    expect(office.stored.size).toBe(121);
  });

  it('S3 a lost answer is made up for by sending it again', async () => {
    await getKey();
    await refer(1);
    office.losesAnswers = true;
    start();
    await time.pass(1);
    expect([office.stored.size, await waiting(), state?.phase]).toEqual([1, 1, 'offline']);
    office.losesAnswers = false;
    await time.pass(60_000);
    expect([office.stored.size, await waiting(), state?.phase]).toEqual([1, 0, 'idle']);
  });

  it.each([
    [{ kind: 'signed-out' }, 'signed-out'],
    [{ kind: 'forbidden' }, 'forbidden'],
    [{ kind: 'missing' }, 'trouble'],
    [{ kind: 'server-error', status: 500 }, 'trouble'],
  ] as const)('S21 what meets %j waits, and is sent once somebody may', async (failure, phase) => {
    await getKey();
    await refer(1);
    await refer(2);
    office.failure = failure;
    const sender = start();
    await time.pass(1);
    expect([state?.phase, await waiting()]).toEqual([phase, 2]);
    office.failure = undefined;
    sender.hurry();
    await time.pass(1);
    expect([state?.phase, await waiting(), office.stored.size]).toEqual(['idle', 0, 2]);
  });

  it('S4 what is refused stays with its reason, until somebody tries again or gives it up', async () => {
    await getKey();
    for (const index of [1, 2, 3]) await refer(index);
    const fault = { code: 'invalid', reason: 'scheme: is unknown.', field: 'scheme' };
    office.answers.set(ulidOf(1), { outcome: 'refused', ...fault });
    office.answers.set(ulidOf(2), { outcome: 'refused', code: 'different-body', reason: 'Another.' });
    start();
    await time.pass(1);
    const refused = async () => (await listRefused(db)).map(({ id, refusal }) => [id, refusal?.reason]);
    expect((await refused()).sort()).toEqual([
      [ulidOf(1), 'invalid: scheme: is unknown.'],
      [ulidOf(2), 'different-body: Another.'],
    ]);
    office.answers.clear();
    await tryAgain(db, ulidOf(1));
    await discardRefused(db, ulidOf(2));
    await discardRefused(db, ulidOf(3));
    await time.pass(1);
    expect([await refused(), [...office.stored.keys()].sort()]).toEqual([[], [ulidOf(1), ulidOf(3)]]);
  });

  it('S20 what the server can’t take now waits, and holds up nothing else', async () => {
    await getKey();
    for (const index of [1, 2]) await refer(index);
    office.answers.set(ulidOf(1), { outcome: 'later', code: 'unknown-key', reason: 'No key.' });
    start();
    await time.pass(1);
    expect([office.stored.has(ulidOf(2)), await waiting()]).toEqual([true, 1]);
    expect(state).toMatchObject({ phase: 'trouble', detail: 'No key.' });
    office.answers.clear();
    await time.pass(120_000);
    expect(await waiting()).toBe(0);
  });

  it('S22 gives a restored server what it lost, whether it has another epoch or not', async () => {
    await getKey();
    for (const index of [1, 2]) await refer(index);
    const sender = start();
    await time.pass(1);
    expect(office.stored.size).toBe(2);
    office.stored.clear();
    office.epoch = 'epoch-2';
    sender.hurry();
    await time.pass(1);
    expect(office.stored.size, 'by its epoch').toBe(2);
    office.stored.delete(ulidOf(2));
    await time.pass(day + 2 * 60 * 60_000);
    expect(office.stored.size, 'by the daily question').toBe(2);
  });

  it('S22 forgets what the server has had for some days', async () => {
    await getKey();
    await refer(1);
    start();
    await time.pass(1);
    await time.pass((daysKeptSent - 1) * day);
    expect(await db.submissions.count()).toBe(1);
    await time.pass(2 * day);
    expect(await db.submissions.count()).toBe(0);
    expect(await everythingIn(db.name)).not.toContain(ulidOf(1));
  });

  it('S8 an acknowledgement of a copy that is gone counts for nothing', async () => {
    await getKey();
    await refer(1);
    const outbox = createOutbox(db, time.now);
    await outbox.learn({ epoch: 'epoch-2' });
    await outbox.acknowledge('referral', [ulidOf(1)], 'epoch-1');
    expect(await waiting()).toBe(1);
    await outbox.acknowledge('referral', [ulidOf(1)], 'epoch-2');
    expect(await waiting()).toBe(0);
  });
});
