import { describe, expect, it } from 'vitest';
import { databaseGrants, typesMadeAtStart, typesOfThisStore, type TypeGrants } from './database-rights';
import {
  cityDatabases,
  databaseKind,
  databaseKinds,
  deskDatabaseKind,
  deskDatabases,
  visitsDatabase,
  type DatabaseKind,
} from './databases';

/** As a line: who creates, changes, deletes and attaches, and through which door. */
function line({ create, change, delete: remove, attach, door }: TypeGrants): string {
  return `${[create, change, remove, attach].map((roles) => roles.join('+') || 'nobody').join(' ')} by ${door}`;
}

/** Written out, so that a slip in the registry can't change what the rights are tested against. */
describe('what gives power is granted to nobody else', () => {
  const server = 'server server server server by api';
  const published = 'administrator+server administrator+server administrator+server nobody by couch';
  const powers: [keyof typeof databaseGrants, string, string][] = [
    ['catalogue', 'key', published],
    ['catalogue', 'rescue-key', published],
    [
      'register',
      'snapshot',
      'administrator+server administrator+server administrator+server administrator+server by couch',
    ],
    ['office', 'rescue', server],
    ['desks', 'desk', server],
    ['desks', 'origin', server],
    ['desks', 'decision', server],
    ['desks', 'epoch', server],
    ['desks', 'lease', server],
    ['desks', 'account', server],
    ['desks', 'invitation', server],
    ['desks', 'session', server],
    ['desks', 'sign-in-settings', server],
    ['desks', 'submission-key', server],
    ['office', 'criteria', server],
    ['office', 'letter-templates', server],
    ['people', 'person', 'server server server server by api'],
    ['people', 'case', 'server server server server by api'],
    ['people', 'card-log', 'server server server server by api'],
    ['people', 'letter', 'server server server server by api'],
    ['people', 'submission', 'server server server server by api'],
    ['audit', 'entry', 'server nobody server nobody by api'],
  ];
  it.each(powers)('%s: %s', (kind, type, expected) => {
    const types: Readonly<Record<string, TypeGrants>> = databaseGrants[kind].types;
    expect(types[type] && line(types[type])).toBe(expected);
  });

  const closed = ['desks', 'people', 'audit'] as const;
  it.each(closed)('tiski-%s is read, governed and written by the server alone, whatever the type', (kind) => {
    const { read, rules, types, otherTypes } = databaseGrants[kind];
    const grants = Object.values(types).flatMap((each: TypeGrants) => [
      each.create,
      each.change,
      each.delete,
    ]);
    const others = [otherTypes.create, otherTypes.change, otherTypes.delete];
    expect([read, rules]).toEqual([['server'], ['server']]);
    for (const roles of [...grants, ...others]) expect(['', 'server']).toContain(roles.join());
  });

  it('a desk’s document in tiski-office would make an account', () => {
    expect(line(databaseGrants.office.reservedTypes.desk)).toBe(server);
  });

  it('no role of the counter or the catalogue changes rules, and log documents never change', () => {
    for (const kind of databaseKinds) {
      expect([...databaseGrants[kind].rules].sort()).toEqual(
        closed.some((each) => each === kind) ? ['server'] : ['administrator', 'server'],
      );
    }
    const cardsAreDeletedBy: readonly string[] = databaseGrants.register.types.card.delete;
    expect(cardsAreDeletedBy).toEqual(['administrator', 'server']);
    for (const type of Object.values(databaseGrants.visits.types)) {
      expect(line(type)).toBe('desk+office+administrator+server nobody server nobody by couch');
    }
  });
});

it('what comes through the server’s own door is written by the server alone, and nothing else is', () => {
  for (const kind of databaseKinds) {
    for (const grants of Object.values<TypeGrants>(databaseGrants[kind].types)) {
      const writers = new Set([grants.create, grants.change, grants.delete].flat());
      expect(grants.door === 'api').toBe(writers.size === 1);
    }
  }
});

it('a desk keeps a copy of what desks may read, and of nothing else', () => {
  const nameOf = (kind: DatabaseKind) =>
    kind === 'visits' ? visitsDatabase('liikunta') : cityDatabases[kind];
  for (const kind of databaseKinds) {
    const read: readonly string[] = databaseGrants[kind].read;
    expect(deskDatabaseKind(nameOf(kind)) === kind, kind).toBe(read.includes('desk'));
  }
});

it('databases have their names, and a desk pulls those that it may read', () => {
  expect(deskDatabases(['liikunta', 'ruoka'])).toEqual([
    'tiski-catalogue',
    'tiski-register',
    'tiski-visits-liikunta',
    'tiski-visits-ruoka',
  ]);
  expect(databaseKind('tiski-desks')).toBe('desks');
  expect(deskDatabaseKind('tiski-desks')).toBeUndefined();
  expect(deskDatabaseKind('tiski-visits-ruoka')).toBe('visits');
  expect(databaseKind('tiski-unknown')).toBeUndefined();
});

it('lists of types are sorted, because a store is asked for what lies between them', () => {
  expect(typesMadeAtStart).toEqual(['epoch', 'key', 'lease', 'rescue-key', 'session', 'submission-key']);
  expect(typesOfThisStore).toEqual(['epoch', 'invitation', 'lease', 'session', 'snapshot']);
});
