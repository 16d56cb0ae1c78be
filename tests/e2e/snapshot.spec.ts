import type { Page } from '@playwright/test';
import { couchAddress, remoteClient } from '../../src/server/couch/remote-client';
import { makeSnapshot } from '../../src/server/snapshot/make-snapshot';
import { aCard, cardNumber } from '../builders';
import { chooseService, Office, scanAndSee, verdict } from './counter';
import { expect, test, type TiskiServer } from './fixtures';

const bigRegister = 3_000;

/** Some thousands of cards besides the demo city's, and their snapshot. */
async function packBigRegister(server: TiskiServer): Promise<void> {
  const docs = Array.from({ length: bigRegister }, (_, index) =>
    aCard(cardNumber(index), {
      scheme: 'hyvinvointikortti',
      codes: [{ kind: 'barcode', value: `XR${index}` }],
      validFrom: '2020-01-01',
      validUntil: '2099-12-31',
    }),
  );
  await new Office(server).request('POST', '/couch/tiski-register/_bulk_docs', { docs });
  const { host } = new URL(server.url);
  const address = `http://administrator:${server.adminPassword}@${host}/couch`;
  expect(await makeSnapshot(remoteClient(couchAddress(address)))).toMatchObject({ kind: 'made' });
}

async function pairAndLoad(page: Page, server: TiskiServer): Promise<void> {
  await page.goto(`/setup#code=${await new Office(server).addDesk('Kassa 1')}`);
  await expect(page.getByText('Valmis: tiski toimii myös ilman verkkoa.')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/Kortit ladattu: 3\s?4\d\d/)).toBeVisible();
}

test('S18 a new desk loads thousands of cards at once, and knows them when it starts without a network', async ({
  openBrowser,
  server,
}) => {
  await packBigRegister(server);
  await new Office(server).changeCard(cardNumber(5), { status: 'lost' });
  let device = await openBrowser();
  const requests: string[] = [];
  device.page.on('request', (request) => requests.push(request.url()));
  await pairAndLoad(device.page, server);
  expect(requests.filter((url) => /snapshot%3A[^/]+\/[0-9a-f]{64}$/.test(url))).toHaveLength(1);
  await chooseService(device.page);

  await server.stop();
  await device.close();
  device = await openBrowser({ userDataDir: device.userDataDir });
  const { page } = device;
  await page.goto('/desk');
  await expect(verdict(page)).toBeVisible({ timeout: 60_000 });
  await scanAndSee(page, 'XR2999', 'Kortti käy');
  await page.keyboard.press('Escape');
  await scanAndSee(page, cardNumber(7), 'Kortti käy');
  await page.keyboard.press('Escape');
  await scanAndSee(page, cardNumber(5), 'Ei käy nyt');
});

test('S18 a snapshot that was changed in transit is not trusted, and the cards come page by page', async ({
  openBrowser,
  server,
}) => {
  await packBigRegister(server);
  const { page, context } = await openBrowser();
  let spoilt = 0;
  await context.route(/snapshot%3A[^/]+\/[0-9a-f]{64}$/, async (route) => {
    spoilt += 1;
    const response = await route.fetch();
    const body = await response.body();
    body[20] = (body[20] ?? 0) ^ 1;
    await route.fulfill({ response, body });
  });
  await pairAndLoad(page, server);
  expect(spoilt).toBeGreaterThan(0);
  await chooseService(page);
  await scanAndSee(page, 'XR2998', 'Kortti käy');
});
