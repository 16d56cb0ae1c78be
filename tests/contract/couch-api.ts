import { afterAll, beforeAll, describe, expect } from 'vitest';
import { targets, type Answer, type CallOptions, type Target } from './couch-target';

/** A kind of server under test: used as its administrator, or through `target` as anybody. */
export interface CouchApi {
  target(): Target;
  couch(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** The path of a new database. */
  newDatabase(): Promise<string>;
}

/** The same tests over every kind of server. */
export function describeCouchApi(tests: (api: CouchApi) => void): void {
  describe.each(targets)('the CouchDB API over $name', ({ start }) => {
    let target: Target;
    let databases = 0;
    beforeAll(async () => {
      target = await start();
    });
    afterAll(() => target.stop());

    const couch: CouchApi['couch'] = (method, path, body, options = {}) =>
      target.couch(method, path, { as: target.admin, ...(body === undefined ? {} : { body }), ...options });
    tests({
      target: () => target,
      couch,
      async newDatabase() {
        databases += 1;
        const path = `/${target.prefix}db${databases}`;
        expect((await couch('PUT', path)).status).toBe(201);
        return path;
      },
    });
  });
}

interface Row {
  id: string;
  value?: { rev: string };
  doc?: { _id: string };
}
interface Changes {
  results: { id: string; seq: string; changes: { rev: string }[]; doc?: object; deleted?: boolean }[];
  last_seq: string;
}

export const revOf = ({ body }: Answer) => (body as { rev: string }).rev;
export const rowsOf = ({ body }: Answer) => (body as { rows: Row[] }).rows;
export const changesOf = ({ body }: Answer) => body as Changes;
