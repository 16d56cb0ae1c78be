import { readFile } from 'node:fs/promises';
import { signIn } from './counter';
import { expect, test } from './fixtures';

test.use({ serverOptions: { demo: false } });

test('a city without a catalogue is told to load one before it adds desks', async ({ page, server }) => {
  const notice = page.getByText('Luettelossa ei ole toimipisteitä.');
  const form = page.getByRole('heading', { name: 'Lisää tiski' });
  await signIn(page, server.adminPassword);
  await expect(notice).toBeVisible();
  await expect(form).toBeHidden();

  const credentials = Buffer.from(`administrator:${server.adminPassword}`).toString('base64');
  const loaded = await fetch(`${server.url}/couch/tiski-catalogue/_bulk_docs`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
    body: await readFile('static/samples/catalogue.json', 'utf8'),
  });
  expect(loaded.status).toBe(201);
  await page.reload();
  await expect(form).toBeVisible();
  await expect(notice).toBeHidden();
});
