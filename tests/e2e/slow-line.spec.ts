import { NETWORK_LOST } from '../setup/console-guard';
import { FaultProxy } from '../setup/fault-proxy';
import { cardOf, chooseService, expectWaiting, logVisit, Office, openDemoDesk, scanAndSee } from './counter';
import { expect, test } from './fixtures';

const [card, otherCard] = [cardOf('admitted'), cardOf('in-grace')];

test('S12 S14 over a slow line a desk is set up, the counter waits for nothing, and each visit arrives', async ({
  openBrowser,
  server,
  allowConsole,
}) => {
  // Once the proxy has ended.
  allowConsole(NETWORK_LOST);
  allowConsole(/ERR_CONTENT_LENGTH_MISMATCH/);
  const proxy = await FaultProxy.to(() => server.url);
  try {
    // 20 kB a second: the register takes several of them.
    proxy.break({ kind: 'slow', bytes: 200 }, /^\/couch\//);
    const { page } = await openBrowser({ baseURL: proxy.url });
    await openDemoDesk(page);
    await chooseService(page);

    // 100 bytes a second: the first visit is still on its way when the second is logged.
    proxy.break({ kind: 'slow', bytes: 1 }, /^\/couch\//);
    await logVisit(page, card);
    await logVisit(page, otherCard);
    await expectWaiting(page, 2);
    await scanAndSee(page, card, /^Jo kirjattu/);
    await page.reload();
    await scanAndSee(page, otherCard, /^Jo kirjattu/);

    await expectWaiting(page, 0);
    for (const number of [card, otherCard]) {
      expect(await new Office(server).visitsOf(number)).toHaveLength(1);
    }
    expect(proxy.met.filter((address) => address.includes('_bulk_docs')).length).toBeGreaterThan(0);
  } finally {
    await proxy.stop();
  }
});
