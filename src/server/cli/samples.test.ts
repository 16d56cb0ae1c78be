import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '$lib/documents/parse-document';
import { startTestServer } from '../../../tests/server';
import { importCards } from './import';

describe('the README’s way to a city of your own', () => {
  it('accepts the sample catalogue, a desk, and the sample cards', async () => {
    const server = await startTestServer({ demo: false });
    try {
      const authorization = `Basic ${btoa(`${server.adminName}:${server.adminPassword}`)}`;
      const post = (path: string, body: string) =>
        fetch(server.url + path, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body,
        });
      const catalogue = await readFile('static/samples/catalogue.json', 'utf8');
      for (const document of (JSON.parse(catalogue) as { docs: unknown[] }).docs)
        expect(parseDocument(document)).toMatchObject({ ok: true });

      const stored = await post('/couch/tiski-catalogue/_bulk_docs', catalogue);
      expect(await stored.json()).toSatisfy((rows: object[]) => rows.every((row) => 'ok' in row));
      const desk = await post('/api/desks', JSON.stringify({ name: 'Kassa 1', venue: 'uimahalli' }));
      expect(desk.status).toBe(201);
      const imported = await importCards(server.client, 'static/samples/cards.csv', {
        write: () => undefined,
      });
      expect(imported).toMatchObject({ ok: true, added: 20 });
    } finally {
      await server.stop();
    }
  });
});
