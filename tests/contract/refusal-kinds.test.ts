import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf, sentenceOf } from '$lib/domain/fleet/refusal-reason';
import { codeOfOlderReason } from '$lib/sync/older-reasons';
import { mayBeTriedAgain, refusalKind, type RefusalKind } from '$lib/sync/refusal-kind';
import { compileValidator, type DocumentValidator } from '../../src/server/couch/validation';
import { deskRoles } from '../../src/server/desks/desk-account';
import { validationSource } from '../../src/server/provision/databases';
import { provision } from '../../src/server/provision/provision';
import { aChoice, aRelease, aService, aVisit, aVoid } from '../builders';
import { targets } from './couch-target';

const roles = deskRoles('uimahalli', ['liikunta'], []);
const own = aVisit('desk-1', 1);
let validate: DocumentValidator;

beforeAll(async () => {
  validate = compileValidator(await validationSource('visits'));
});

async function refusalOf(document: object, previous: object | null = null, as: readonly string[] = roles) {
  const user = { db: 'tiski-visits-liikunta', name: 'desk-1', roles: as };
  const [refusal] = await validate([JSON.stringify([document, previous, user, {}])]);
  if (!refusal) throw new Error('It is allowed.');
  return refusal;
}

/** What the server's own rules say, and how a desk classifies it. */
const cases: [string, () => Promise<{ status: number; reason: string }>, RefusalKind][] = [
  ['another desk’s visit', () => refusalOf(aVisit('desk-2', 1)), 'not-this-desks'],
  ['another venue', () => refusalOf({ ...own, venue: 'gym' }), 'not-this-desks'],
  ['another desk’s undoing', () => refusalOf(aVoid(aVisit('desk-2', 1))), 'not-this-desks'],
  ['a void with another desk', () => refusalOf(aVoid(own, { desk: 'desk-2' })), 'not-this-desks'],
  [
    'a release for the office',
    () => refusalOf(aRelease(aChoice('desk-1', 1), { reason: 'office' })),
    'not-this-desks',
  ],
  ['an account without rights', () => refusalOf(own, null, ['revoked']), 'not-this-desks'],
  ['a changed visit', () => refusalOf(own, { ...own, service: 'gym' }), 'different'],
  ['a newer form', () => refusalOf({ ...own, v: 2 }), 'server-older'],
  ['a member of a newer form', () => refusalOf({ ...own, weather: 'fine' }), 'server-older'],
  ['longer than a visit may be', () => refusalOf({ ...own, zone: 'x'.repeat(5000) }), 'too-large'],
  ['an attachment', () => refusalOf({ ...own, _attachments: { a: { stub: true } } }), 'invalid'],
  ['a newer type', () => refusalOf({ ...own, type: 'wish' }), 'server-older'],
  ['a wrong form', () => refusalOf({ ...own, card: '1' }), 'invalid'],
  ['too large', () => Promise.resolve({ status: 413, reason: 'too large' }), 'too-large'],
  [
    'broken',
    () => Promise.resolve({ status: 500, reason: 'the server failed on this document' }),
    'server-failed',
  ],
  ['another document', () => Promise.resolve({ status: 409, reason: 'another document' }), 'different'],
];

it.each(cases)('S4 %s is understood', async (_name, refusal, kind) => {
  const { status, reason } = await refusal();
  expect(refusalKind({ status, reason })).toBe(kind);
  // For everything else the status says enough.
  if (status === 403) expect(codeOf(reason)).toBeDefined();
});

it.each(cases)(
  'S4 %s is understood by its sentence alone, as older servers and builds have it',
  async (...each) => {
    const [, refusal, kind] = each;
    const { status, reason } = await refusal();
    expect(refusalKind({ status, reason: sentenceOf(reason) })).toBe(kind);
  },
);

/** What every build since the first has compared, word for word: it must not change. */
const landedSentences = [
  'Only desks and the office write visits.',
  'A desk writes its own documents only.',
  'desk must be the desk that the _id names.',
  'This desk does not belong to that venue.',
  'A desk undoes choices of its own only.',
  'What goes on counting is decided by the office.',
  'The document is too large.',
  'Visits never change. Write a void to undo one.',
];

it('S4 the sentences that older builds compare are those of the rules', async () => {
  const rules = await validationSource('visits');
  expect(landedSentences.filter((sentence) => !rules.includes(sentence))).toEqual([]);
  expect(landedSentences.map(codeOfOlderReason)).not.toContain(undefined);
});

describe.each(targets)('S4 over $name', ({ start }) => {
  it('a desk gets codes if it says that it reads them, and else only the sentences', async () => {
    const target = await start();
    try {
      await provision(target.client);
      await target.client.request('PUT', '/tiski-catalogue/service:uinti', aService('uinti'));
      await provision(target.client);
      const desk = await target.addAccount('desk-1', roles);
      const path = `/tiski-visits-liikunta/_bulk_docs`;
      const body = { docs: [aVisit('desk-2', 1)] };
      const reasonFor = async (headers: Record<string, string>) => {
        const answer = await target.couch('POST', path, { as: desk, body, headers });
        return (answer.body as { reason: string }[])[0]?.reason;
      };
      const sentence = 'A desk writes its own documents only.';
      expect(await reasonFor({})).toBe(sentence);
      expect(await reasonFor({ 'tiski-reasons': 'coded' })).toBe(`not-your-document: ${sentence}`);
    } finally {
      await target.stop();
    }
  });
});

it('S4 what no repair can change is not offered for another try', () => {
  const again = cases.filter(([, , kind]) => mayBeTriedAgain(kind)).map(([, , kind]) => kind);
  expect(new Set(again)).toEqual(new Set(['not-this-desks', 'server-older', 'too-large', 'server-failed']));
});
