import { shownCardNumber } from '../../src/server/demo/demo-cards';
import { engineNames } from '../engines/engine-driver';
import { button, EnginePage, field } from '../engines/engine-page';
import { findEngine } from '../setup/ensure-engine';
import { NETWORK_LOST_ELSEWHERE } from '../setup/console-guard';
import { cardOf, Office } from './counter';
import { expect, test as base } from './fixtures';

/**
 * One walk through a day in each engine besides Chromium: it touches on what the other browser tests examine
 * closely.
 */

const cards = ['admitted', 'in-grace', 'suspension-over', 'old-barcode'] as const;
const [first, second, third, fourth] = cards.map(cardOf) as [string, string, string, string];
const screens = ['/desk', '/sync', '/setup', '/review'];

for (const name of engineNames) {
  const test = base.extend<{ device: EnginePage }>({
    device: async ({ server }, use) => {
      const start = await findEngine(name);
      // engines.setup.ts has said so, and fails on CI.
      test.skip(start === undefined, `${name} is not on this machine`);
      if (!start) return;
      const driver = await start();
      test.info().annotations.push({ type: 'engine', description: driver.version });
      try {
        await use(new EnginePage(driver, server.url));
        const unexpected = driver.errors().filter((line) => !NETWORK_LOST_ELSEWHERE.test(line));
        expect(unexpected, 'unexpected errors in the console').toEqual([]);
      } finally {
        await driver.close();
      }
    },
  });

  test.describe(name, () => {
    test('S1 S3 S10 a desk is paired, scans, logs and undoes; without a server it starts cold and works on, as a kiosk too; what was logged is sent once', async ({
      device,
      server,
    }) => {
      const answer = await fetch(`${server.url}/api/demo/desk`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ venue: 'uimahalli' }),
      });
      const { code } = (await answer.json()) as { code: string };

      await test.step('pair and load, in three languages', async () => {
        await device.open(`/setup#code=${encodeURIComponent(code)}`);
        await device.click(button('English'));
        await device.seesText('Ready: this desk also works without a network.');
        await device.click(button('Svenska'));
        await device.seesText('Klart: disken fungerar även utan nät.');
        await device.click(button('Suomi'));
        await device.seesText('Valmis: tiski toimii myös ilman verkkoa.');
      });

      await test.step('scan, log, undo, log', async () => {
        await device.open('/desk');
        await device.click(button('Uinti'));
        await device.seesVerdict('Valmis');
        await device.scanAndSee(cardOf('expired'), 'Ei käy');
        await device.logVisit(first);
        await device.click(button('Peru kirjaus'));
        await device.seesVerdict('Kirjaus peruttu');
        await device.logVisit(second);
        await device.seesWaiting(0);
      });

      await test.step('no screen is blank, however quickly the previous one was left', async () => {
        for (const path of [...screens, ...screens, ...screens]) {
          await device.open(path);
          await device.sees(`document.querySelector('main :is(h1, [data-tone])')`, `${path} is not blank`);
        }
      });

      await test.step('the server is gone, and the start is cold', async () => {
        await server.stop();
        await device.driver.restart();
        await device.open('/desk');
        await device.logVisit(third);
        await device.seesWaiting(1);
      });

      await test.step('kiosk', async () => {
        await device.open('/kiosk');
        await device.fill('PIN', '2468');
        await device.click(button('Käynnistä'));
        await device.seesText('Näytä korttisi');
        await device.scan(fourth);
        await device.seesText('Tervetuloa!');
        await device.click(button('Henkilökunta'));
        await device.seesDialogThatFits();
        await device.fill('PIN', '2468');
        await device.click(button('Poistu'));
        await device.seesWaiting(2);
      });

      await test.step('back to a screen that slept: it works, and all is sent', async () => {
        await device.open('/sync');
        await device.seesText('2 käyntiä odottaa lähetystä');
        await device.open('/desk');
        await device.seesVerdict('Valmis');
        await device.driver.back();
        await device.seesText('2 käyntiä odottaa lähetystä');
        await server.start();
        await device.click(button('Lähetä nyt'));
        await device.seesText('Kaikki käynnit lähetetty');
        await device.seesWaiting(0);
      });

      const office = new Office(server);
      for (const kind of cards) expect(await office.visitsOf(shownCardNumber(kind)), kind).toHaveLength(1);
    });

    test('S11 the office signs in, adds a desk, sets what its staff may do, and prints a card', async ({
      device,
      server,
    }) => {
      await device.open('/office/desks');
      await device.click(button('Suomi'));
      await device.fill('Käyttäjätunnus', 'administrator');
      await device.fill('Salasana', server.adminPassword);
      await device.click(button('Kirjaudu'));
      await device.fill('Tiskin nimi', 'Kassa 7');
      await device.choose('Toimipiste', 1);
      await device.click(button('Lisää tiski'));
      await device.seesText('Kassa 7');
      await device.seesDialogThatFits();
      await device.click(button('Sulje'));

      await device.click(button('Asetukset tiskille Kassa 7'));
      await device.seesDialogThatFits();
      await device.click(field('Saa näppäillä'));
      await device.click(button('Tallenna'));
      await device.sees(`!document.querySelector('dialog')`);
      await device.click(button('Asetukset tiskille Kassa 7'));
      await device.sees(`${field('Saa näppäillä')}?.checked === false`);

      await device.open('/office/cards');
      await device.fill('Kortin numero', first);
      await device.click(button('Näytä kortti'));
      // A print dialog is the system's, and would block the page.
      await device.driver.read(`(window.print = () => (document.title = 'printed'), true)`);
      await device.click(button('Tulosta kortti'));
      await device.sees(`document.title === 'printed'`);
    });
  });
}
