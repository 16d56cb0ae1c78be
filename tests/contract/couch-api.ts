import { expect } from 'vitest';
import type { Answer, CallOptions, Target } from './couch-target';

/** Asks a target as its server administrator, and makes databases of its own there. */
export function asAdministrator(target: () => Target) {
  let databases = 0;
  const couch = (method: string, path: string, body?: unknown, options: CallOptions = {}) => {
    const { admin } = target();
    return target().couch(method, path, { as: admin, ...(body === undefined ? {} : { body }), ...options });
  };
  return {
    couch,
    /** The path of a new database. */
    async newDatabase(): Promise<string> {
      databases += 1;
      const path = `/${target().prefix}db${databases}`;
      expect((await couch('PUT', path)).status).toBe(201);
      return path;
    },
  };
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
