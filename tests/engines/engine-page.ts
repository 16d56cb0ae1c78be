import { expect } from '../e2e/fixtures';
import type { EngineDriver } from './engine-driver';

const text = (value: string) => JSON.stringify(value);
const shown = 'e.checkVisibility() && !e.disabled';

/** Expressions for elements, as a person finds them. */
export const button = (name: string) =>
  `[...document.querySelectorAll('button, a, summary')].find((e) => ${shown} && (e.ariaLabel ?? e.textContent).trim() === ${text(name)})`;
export const field = (label: string) =>
  `[...document.querySelectorAll('label')].find((e) => ${shown} && e.textContent.trim().startsWith(${text(label)}))?.control`;
export const dialog = `document.querySelector('dialog[open]')`;
const says = (words: string) => `document.body.innerText.includes(${text(words)})`;
const verdictTitle = `document.querySelector('[data-tone] :is(h1, h2)')?.innerText`;
const waiting = `document.querySelector('[data-waiting]')?.dataset.waiting`;

/** What a person does and sees in a browser, with whichever driver. Everything is waited for. */
export class EnginePage {
  constructor(
    readonly driver: EngineDriver,
    private readonly url: string,
  ) {}

  open = (path: string) => this.driver.open(this.url + path);

  /** Waits until an expression is true. */
  async sees(expression: string, what = expression): Promise<void> {
    await expect.poll(() => this.driver.read(`Boolean(${expression})`), { message: what }).toBe(true);
  }

  seesText = (words: string) => this.sees(says(words), words);

  async seesVerdict(title: string): Promise<void> {
    await expect.poll(() => this.driver.read(`${verdictTitle} ?? ''`)).toContain(title);
  }

  async seesWaiting(count: number): Promise<void> {
    await expect.poll(() => this.driver.read(`${waiting} ?? ''`), { timeout: 60_000 }).toBe(String(count));
  }

  async click(element: string): Promise<void> {
    await this.sees(element);
    await this.driver.click(element);
  }

  async fill(label: string, value: string): Promise<void> {
    await this.click(field(label));
    await this.driver.press([...value]);
    await this.sees(`${field(label)}.value === ${text(value)}`);
  }

  /** Not every driver can click a system menu. */
  async choose(label: string, index: number): Promise<void> {
    await this.sees(`${field(label)}?.options.length > ${index}`);
    await this.driver.read(
      `(() => { const e = ${field(label)}; e.selectedIndex = ${index}; e.dispatchEvent(new Event('change', { bubbles: true })); return true; })()`,
    );
  }

  /** A scanner that types the code and Enter. */
  scan = (code: string) => this.driver.press([...code, 'Enter']);

  async scanAndSee(code: string, title: string): Promise<void> {
    await this.sees(verdictTitle);
    await this.scan(code);
    await this.seesVerdict(title);
  }

  async logVisit(code: string): Promise<void> {
    await this.scanAndSee(code, 'Kortti käy');
    await this.click(button('Kirjaa käynti'));
    await this.seesVerdict('Kirjattu klo');
  }

  /** A dialog is as high as its content, not as the screen. */
  async seesDialogThatFits(): Promise<void> {
    await this.sees(dialog);
    const stretched = `(() => {
      const e = ${dialog}, height = e.offsetHeight;
      e.style.height = 'fit-content';
      e.style.alignContent = 'start';
      const spare = height - e.offsetHeight;
      e.style.height = e.style.alignContent = '';
      return spare;
    })()`;
    expect(await this.driver.read(stretched), 'px that a dialog is higher than what it holds').toBeLessThan(
      2,
    );
  }
}
