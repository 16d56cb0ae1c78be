import { beforeAll, expect, it } from 'vitest';
import { mayBeTriedAgain, refusalKind, type RefusalKind } from '$lib/sync/refusal-kind';
import { compileValidator, type DocumentValidator } from '../../src/server/couch/validation';
import { deskRoles } from '../../src/server/desks/desk-account';
import { validationSource } from '../../src/server/provision/databases';
import { aChoice, aRelease, aVisit, aVoid } from '../builders';

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

/** What the server's own rules say, and what a desk makes of it. */
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
  expect(refusalKind(await refusal())).toBe(kind);
});

it('S4 what no repair can change is not offered to be tried again', () => {
  const again = cases.filter(([, , kind]) => mayBeTriedAgain(kind)).map(([, , kind]) => kind);
  expect(new Set(again)).toEqual(new Set(['not-this-desks', 'server-older', 'too-large', 'server-failed']));
});
