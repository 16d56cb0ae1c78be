import { expect, type Page } from '@playwright/test';
import type { VisitDocument } from '../../src/lib/documents/visits/visit-documents';
import { demoCards, type DemoCardKind } from '../../src/server/demo/demo-cards';
import type { TiskiServer } from '../setup/tiski-server';
import { typeAsScanner } from './type-as-scanner';

/** What people at a counter and at the office do, in steps that read like it. */

export const cardOf = (kind: DemoCardKind): string => {
  const card = demoCards().find((each) => each.kind === kind);
  if (!card) throw new Error(`The demo has no card ${kind}.`);
  return card.code;
};

/**
 * What a newcomer does: one click on /demo makes this browser a desk. Waits until it is ready for offline
 * use.
 */
export async function openDeskOnDemoPage(page: Page): Promise<void> {
  await page.goto('/demo');
  await page.getByRole('button', { name: 'Lehtorannan uimahalli' }).click();
  await expectDeskReady(page);
}

/** The same without drawing the page's thirty cards. `venue` is the document's id without its type. */
export async function openDemoDesk(page: Page, venue = 'uimahalli'): Promise<void> {
  const answer = await page.request.post('/api/demo/desk', { data: { venue } });
  const { code } = (await answer.json()) as { code: string };
  await page.goto(`/setup#code=${encodeURIComponent(code)}`);
  await expectDeskReady(page);
}

async function expectDeskReady(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { name: /Tämä laite on tiski/ })).toBeVisible();
  await expect(page.getByText('Valmis: tiski toimii myös ilman verkkoa.')).toBeVisible({ timeout: 60_000 });
}

export async function chooseService(page: Page, name = 'Uinti'): Promise<void> {
  await page.goto('/desk');
  await page.getByRole('button', { name, exact: true }).click();
  await expect(verdict(page)).toContainText('Valmis');
}

/** A desk of the venue, ready for a card; `service` is chosen if the venue has several. */
export async function openDesk(page: Page, venue: string, service?: string): Promise<void> {
  await openDemoDesk(page, venue);
  await page.goto('/desk');
  if (service !== undefined) await page.getByRole('button', { name: service, exact: true }).click();
  await expect(verdict(page)).toContainText('Valmis');
}

/** A scanner that types the code and Enter, wherever the focus is. */
export const scan = (page: Page, code: string): Promise<void> => typeAsScanner(page, `${code}\n`);

export const verdict = (page: Page) => page.locator('[data-tone]');
export const verdictTitle = (page: Page) => verdict(page).getByRole('heading');

/** Scans and waits for the verdict's title. */
export async function scanAndSee(page: Page, code: string, title: string | RegExp): Promise<void> {
  // People look at the screen before they scan: a page that is still opening doesn't hear a scanner.
  await expect(verdict(page)).toBeVisible();
  await scan(page, code);
  await expect(verdictTitle(page)).toHaveText(title);
}

/** Scans again and again until somebody else's change has reached this desk. */
export async function scanUntil(page: Page, code: string, title: string): Promise<void> {
  await expect(async () => {
    await scan(page, code);
    await expect(verdictTitle(page)).toHaveText(title, { timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
}

/** The main action. Right after a scanner's code Enter is ignored: it may be the scanner's own second. */
export const pressLog = (page: Page) => page.getByRole('button', { name: 'Kirjaa käynti' }).click();

/**
 * Presses Enter until it does what is on the screen: one that comes before the screen could be read is
 * ignored.
 */
export async function enterUntil(page: Page, seen: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await page.keyboard.press('Enter');
    await seen();
  }).toPass({ timeout: 30_000 });
}

/** Scans, logs, and waits until the screen says that the visit is stored. */
export async function logVisit(page: Page, code: string): Promise<void> {
  await scanAndSee(page, code, 'Kortti käy');
  await pressLog(page);
  await expect(verdictTitle(page)).toHaveText(/Kirjattu klo/);
}

/** Makes this desk a kiosk, and waits until it is ready for a card. */
export async function startKiosk(page: Page, { pin = '2468', service = 'Uinti' } = {}): Promise<void> {
  await page.goto('/kiosk');
  await page.getByLabel('Palvelu').selectOption({ label: service });
  await page.getByLabel(/PIN/).fill(pin);
  await page.getByRole('button', { name: 'Käynnistä' }).click();
  await expectKioskReady(page);
}

export async function expectKioskReady(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Näytä korttisi' })).toBeVisible();
}

export async function leaveKiosk(page: Page, pin = '2468'): Promise<void> {
  await page.getByRole('button', { name: 'Henkilökunta' }).click();
  await page.getByLabel(/PIN/).fill(pin);
  await page.getByRole('button', { name: 'Poistu' }).click();
  await expect(page).toHaveURL(/desk$/);
}

/** Enters a one-time code on /setup; the caller checks the result. */
export async function enterCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Kertakoodi').fill(code);
  await page.getByRole('button', { name: 'Ota käyttöön', exact: true }).click();
}

export async function expectDesk(page: Page, name: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1, name: `Tämä laite on tiski: ${name}` })).toBeVisible();
}

export interface Account {
  name: string;
  password: string;
}

/** What the device stores about its account. */
export async function accountOf(page: Page): Promise<Account> {
  return ((await settingOf(page, 'device')) as { account: Account }).account;
}

/** What the device remembers under `key`; undefined if nothing. */
export function settingOf(page: Page, key: string): Promise<unknown> {
  return page.evaluate(
    (wanted) =>
      new Promise<unknown>((resolve, reject) => {
        const opening = indexedDB.open('tiski');
        opening.onerror = () => reject(new Error('The device has no database.'));
        opening.onsuccess = () => {
          const reading = opening.result.transaction('settings').objectStore('settings').get(wanted);
          reading.onsuccess = () => {
            opening.result.close();
            resolve((reading.result as { value: unknown } | undefined)?.value);
          };
        };
      }),
    key,
  );
}

/** The server's answer to a request with this account. */
export async function statusFor(
  { name, password }: Account,
  server: TiskiServer,
  path: string,
): Promise<number> {
  const credentials = Buffer.from(`${name}:${password}`).toString('base64');
  return (await fetch(server.url + path, { headers: { authorization: `Basic ${credentials}` } })).status;
}

export async function signIn(page: Page, password: string): Promise<void> {
  await page.goto('/office/desks');
  await page.getByLabel('Käyttäjätunnus').fill('administrator');
  await page.getByLabel('Salasana').fill(password);
  await page.getByRole('button', { name: 'Kirjaudu', exact: true }).click();
}

export async function expectWaiting(page: Page, count: number): Promise<void> {
  // The screen lags a moment behind the disk: right after a visit it may still show the state before.
  await expect.poll(() => waitingOnDisk(page), { timeout: 60_000 }).toBe(count);
  await expect(page.locator('[data-waiting]')).toHaveAttribute('data-waiting', String(count));
}

const waitingOnDisk = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('tiski');
        opening.onerror = () => reject(new Error('The database of the device does not open.'));
        opening.onsuccess = () => {
          const outbox = opening.result.transaction('outbox').objectStore('outbox');
          const counting = outbox.index('state').count(IDBKeyRange.bound('unconfirmed', 'waiting'));
          counting.onsuccess = () => resolve(counting.result);
          counting.onerror = () => reject(new Error('The outbox can not be read.'));
          opening.result.close();
        };
      }),
  );

const accountPath = (account: string) => `/couch/_users/org.couchdb.user%3A${account}`;

/** The office, over HTTP, as the administrator. */
export class Office {
  constructor(private readonly server: TiskiServer) {}

  async request(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const credentials = Buffer.from(`administrator:${this.server.adminPassword}`).toString('base64');
    const response = await fetch(this.server.url + path, {
      method,
      headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  /** Every visit of the card in a sector's database. */
  async visitsOf(card: string, sector = 'liikunta'): Promise<VisitDocument[]> {
    const { body } = await this.request('GET', `/couch/tiski-visits-${sector}/_all_docs?include_docs=true`);
    const { rows } = body as { rows: { doc: VisitDocument }[] };
    return rows.map(({ doc }) => doc).filter((doc) => doc.type === 'visit' && doc.card === card);
  }

  /** Changes fields of a card in the register. */
  async changeCard(number: string, fields: object): Promise<void> {
    const path = `/couch/tiski-register/${encodeURIComponent(`card:${number}`)}`;
    const { body } = await this.request('GET', path);
    const { status } = await this.request('PUT', path, { ...(body as object), ...fields });
    expect(status).toBe(201);
  }

  /**
   * The same, with a card that only a newer server's rules would accept, or none would: without rules for a
   * moment.
   */
  async spoilCard(number: string, fields: object): Promise<void> {
    const path = '/couch/tiski-register/_design/tiski';
    const { body } = await this.request('GET', path);
    const { _rev: rev, ...rules } = body as { _rev: string };
    expect((await this.request('DELETE', `${path}?rev=${rev}`)).status).toBe(200);
    await this.changeCard(number, fields);
    expect((await this.request('PUT', path, rules)).status).toBe(201);
  }

  /** Takes a role from a desk's account; returns those that it had. */
  async takeRole(account: string, role: string): Promise<string[]> {
    const { body } = await this.request('GET', accountPath(account));
    const { roles } = body as { roles: string[] };
    await this.setRoles(
      account,
      roles.filter((each) => each !== role),
    );
    return roles;
  }

  async setRoles(account: string, roles: readonly string[]): Promise<void> {
    const { body } = await this.request('GET', accountPath(account));
    const { status } = await this.request('PUT', accountPath(account), { ...(body as object), roles });
    expect(status).toBe(201);
  }

  /** Adds a desk; returns its one-time code. */
  async addDesk(name: string, venue = 'uimahalli'): Promise<string> {
    const { status, body } = await this.request('POST', '/api/desks', { name, venue });
    expect(status).toBe(201);
    return (body as { code: string }).code;
  }

  async revoke(deskName: string): Promise<void> {
    const { body } = await this.request('GET', '/api/desks');
    const desk = (body as { desks: { id: string; name: string }[] }).desks.find(
      ({ name }) => name === deskName,
    );
    expect((await this.request('POST', `/api/desks/${desk?.id}/revoke`, {})).status).toBe(200);
  }
}
