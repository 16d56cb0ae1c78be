import { describe, expect, it } from 'vitest';
import {
  databaseKind,
  databaseKinds,
  databases,
  deskDatabaseKind,
  deskDatabases,
  typesMadeAtStart,
  typesOfThisStore,
  type TypeGrants,
} from './databases';

/** As a line: who creates, changes, deletes and attaches, and through which door. */
function line({ create, change, delete: remove, attach, door }: TypeGrants): string {
  return `${[create, change, remove, attach].map((roles) => roles.join('+') || 'nobody').join(' ')} by ${door}`;
}

/** Written out, so that a slip in the registry can't change what the rights are tested against. */
describe('what gives power is granted to nobody else', () => {
  const server = 'server server server server by api';
  const published = 'administrator+server administrator+server administrator+server nobody by couch';
  const powers: [keyof typeof databases, string, string][] = [
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
  ];
  it.each(powers)('%s: %s', (kind, type, expected) => {
    const types: Readonly<Record<string, TypeGrants>> = databases[kind].types;
    expect(types[type] && line(types[type])).toBe(expected);
  });

  it('tiski-desks is read, governed and written by the server alone, whatever the type', () => {
    const { read, rules, types, otherTypes } = databases.desks;
    const grants = Object.values(types).flatMap((each: TypeGrants) => [
      each.create,
      each.change,
      each.delete,
    ]);
    const others = [otherTypes.create, otherTypes.change, otherTypes.delete];
    for (const roles of [read, rules, ...grants, ...others]) expect(roles).toEqual(['server']);
  });

  it('a desk’s document in tiski-office would make an account', () => {
    expect(line(databases.office.reservedTypes.desk)).toBe(server);
  });

  it('no role of the counter or the catalogue changes rules, and log documents never change', () => {
    for (const kind of databaseKinds) {
      expect([...databases[kind].rules].sort()).toEqual(
        kind === 'desks' ? ['server'] : ['administrator', 'server'],
      );
    }
    const cardsAreDeletedBy: readonly string[] = databases.register.types.card.delete;
    expect(cardsAreDeletedBy).toEqual(['administrator', 'server']);
    for (const type of Object.values(databases.visits.types)) {
      expect(line(type)).toBe('desk+office+administrator+server nobody server nobody by couch');
    }
  });
});

it('what comes through the server’s own door is written by the server alone, and nothing else is', () => {
  for (const kind of databaseKinds) {
    for (const grants of Object.values<TypeGrants>(databases[kind].types)) {
      const writers = new Set([grants.create, grants.change, grants.delete].flat());
      expect(grants.door === 'api').toBe(writers.size === 1);
    }
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
  expect(typesMadeAtStart).toEqual(['epoch', 'key', 'lease', 'rescue-key']);
  expect(typesOfThisStore).toEqual(['epoch', 'lease', 'snapshot']);
});
