import * as v from 'valibot';
import type { Ask, OfficeOutcome } from '$lib/office/session/ask';

const listed = v.pipe(
  v.object({ desks: v.array(v.object({ id: v.string(), name: v.string() })) }),
  v.transform(
    ({ desks }): ReadonlyMap<string, string> => new Map(desks.map(({ id, name }) => [`desk-${id}`, name])),
  ),
);

/** Names of desks, by account; for an administrator. */
export const readDeskNames = (ask: Ask): Promise<OfficeOutcome<ReadonlyMap<string, string>>> =>
  ask('GET', '/api/desks', listed);
