import { expectKioskReady, expectWaiting, leaveKiosk, Office, signIn } from './counter';
import { expect, test } from './fixtures';
import { ownVisits, passwordOf, putOnDisk, readLandedDevice } from './landed-device';

test('a device of an earlier build is opened by this one: its kiosk is on, its visits and its draft arrive', async ({
  server,
  openBrowser,
  allowConsole,
}) => {
  allowConsole(/favicon\.ico/);
  const device = await readLandedDevice();
  const office = new Office(server);
  const [name, password] = [device.user.name, passwordOf(device)];
  const user = `/couch/_users/org.couchdb.user%3A${name}`;
  const put = async (path: string, body: unknown) =>
    expect((await office.request('PUT', path, body)).status, path).toBe(201);
  await put(`/couch/tiski-desks/${encodeURIComponent(device.desk._id)}`, device.desk);
  await put(user, { _id: `org.couchdb.user:${name}`, ...device.user, password });

  const before = await openBrowser();
  await before.page.goto('/icons/icon.svg');
  await putOnDisk(before.page, device);
  await before.close();

  const { page } = await openBrowser({ userDataDir: before.userDataDir });
  await page.goto('/');
  await expectKioskReady(page);
  await leaveKiosk(page);
  await expectWaiting(page, 0);
  const visits = ownVisits(device);
  expect(visits).toHaveLength(3);
  for (const { _id, card, service, at, number, people } of visits) {
    const { body } = await office.request('GET', `/couch/tiski-visits-liikunta/${encodeURIComponent(_id)}`);
    expect(body).toMatchObject({ _id, card, service, number, people });
    // A contact may have corrected its clock since, by less than this.
    const stored = Date.parse((body as { at: string }).at);
    expect(Math.abs(stored - Date.parse(at))).toBeLessThan(60_000);
  }

  await signIn(page, server.adminPassword);
  await expect(page.getByRole('button', { name: 'Kirjaudu ulos' })).toBeVisible();
  await page.goto('/office/catalogue');
  await expect(page.locator('[data-catalogue="synced"][data-drafts="0"]')).toBeVisible();
  const { body } = await office.request('GET', '/couch/tiski-catalogue/service%3Akuntosali');
  expect(body).toMatchObject({ names: { en: 'Gym and weights' } });
});
