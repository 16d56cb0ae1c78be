import type { ScannerRow } from './scanner-table';

/** The cards with which the table's screens are set up. */
export interface TableCards {
  admitted: string;
  other: string;
  refused: string;
  people: string;
  logged: string;
}

/** The result of one row. */
export interface RowResult {
  /** Visits and undone visits that appeared or disappeared while the thing was scanned. */
  changes: string[];
  /** The counter's text, and whether it is about what was scanned. */
  shown: string;
  isAbout: boolean;
  isElsewhere: boolean;
}

/**
 * Plays rows within the page, on a simulated clock: keys carry their own times, timers run at theirs, and the
 * device's store is awaited. Where the page leaves a key to the browser, it does what a browser does.
 */
export async function playScannerRows({
  rows,
  cards,
}: {
  rows: ScannerRow[];
  cards: TableCards;
}): Promise<RowResult[]> {
  const realTimeout = window.setTimeout.bind(window);
  let now = performance.now();
  let ids = 1_000_000;
  const timers = new Map<number, { at: number; run: () => void }>();
  const real = { setTimeout: window.setTimeout, clearTimeout: window.clearTimeout, now: performance.now };
  Object.assign(window, {
    setTimeout: (run: () => void, ms = 0) => {
      timers.set(++ids, { at: now + ms, run });
      return ids;
    },
    clearTimeout: (id: number) => {
      if (!timers.delete(id)) real.clearTimeout.call(window, id);
    },
  });
  performance.now = () => now;

  const nextTask = () => new Promise((resolve) => realTimeout(resolve, 0));
  const opening = indexedDB.open('tiski');
  const db = await new Promise<IDBDatabase>((resolve) => {
    opening.onsuccess = () => resolve(opening.result);
  });
  /** When this is answered, so is everything that the page asked of its store before. */
  const storeIsIdle = () =>
    new Promise((resolve) => {
      const tables = [...db.objectStoreNames];
      const asked = db.transaction(tables, 'readwrite').objectStore('settings').count();
      asked.onsuccess = resolve;
    });
  async function settle() {
    for (let turn = 0; turn < 4; turn++) {
      await storeIsIdle();
      await nextTask();
      await nextTask();
    }
  }
  async function pass(ms: number) {
    const until = now + ms;
    for (;;) {
      const due = [...timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      now = Math.max(now, due[1].at);
      timers.delete(due[0]);
      due[1].run();
      await Promise.resolve();
    }
    now = until;
  }

  /** A full key press, with what the browser does if the page lets it. */
  function press(key: string, modifiers: KeyboardEventInit = {}) {
    const target = document.activeElement ?? document.body;
    const send = (type: string) => {
      const event = new KeyboardEvent(type, { key, bubbles: true, cancelable: true, ...modifiers });
      Object.defineProperty(event, 'timeStamp', { value: now });
      return target.dispatchEvent(event);
    };
    const isLeft = send('keydown');
    const isLeftUp = send('keyup');
    const isPressable = target instanceof HTMLElement && target.matches('button, a[href]');
    if (isPressable && ((key === 'Enter' && isLeft) || (key === ' ' && isLeftUp))) target.click();
  }
  async function type(keys: string, gaps: number[], lead = 0) {
    let gap = lead;
    for (const [index, key] of [...keys].entries()) {
      await pass(gap);
      press(key);
      gap = gaps[index] ?? 5;
    }
    return gap;
  }

  const button = (name: RegExp) =>
    [...document.querySelectorAll<HTMLElement>('button')].find((each) =>
      name.test(each.getAttribute('aria-label') ?? each.textContent ?? ''),
    );
  const actions = () => [...document.querySelectorAll<HTMLElement>('[data-tone] .actions .actions button')];
  async function scanNow(code: string) {
    await type(code, []);
    press('Enter');
    await settle();
    await pass(3_000);
  }
  async function click(found: HTMLElement | undefined, what: string) {
    if (!found) throw new Error(`There is no ${what}: ${document.querySelector('[data-tone]')?.textContent}`);
    found.click();
    await settle();
    await pass(3_000);
  }
  async function clear() {
    document.querySelectorAll<HTMLDialogElement>('dialog[open]').forEach((dialog) => {
      dialog.dispatchEvent(new Event('cancel', { cancelable: true }));
    });
    await settle();
    for (let undo = button(/^Peru käynti klo/); undo; undo = button(/^Peru käynti klo/)) {
      await click(undo, 'undo');
      await click(document.querySelector<HTMLElement>('dialog .danger') ?? undefined, 'undo in the dialog');
    }
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    press('Escape');
    press('Escape');
    await settle();
    button(/^Ei kirjata$/)?.click();
    await pass(3_000);
    await settle();
  }

  async function logCard(number: string) {
    await scanNow(number);
    await click(button(/^Kirjaa käynti$/), 'log');
  }
  const makeScreen: Record<ScannerRow['screen'], () => Promise<void>> = {
    ready: () => Promise.resolve(),
    admitted: () => scanNow(cards.admitted),
    refused: () => scanNow(cards.refused),
    logged: () => logCard(cards.logged),
    'two cards': async () => {
      await scanNow(cards.admitted);
      await scanNow(cards.other);
    },
    'people to choose': () => scanNow(cards.people),
    'why override': async () => {
      await scanNow(cards.refused);
      await click(button(/^Päästä silti sisään$/), 'override');
    },
    'undo this visit': async () => {
      await logCard(cards.logged);
      await click(button(/^Peru käynti klo/), 'undo');
    },
    'typed before': async () => {
      await type('2024', [180, 240, 200]);
      await pass(1_500);
    },
  };
  const find: Record<ScannerRow['focus'], () => HTMLElement | undefined | null> = {
    'as it is': () => undefined,
    nowhere: () => null,
    'second action': () => actions()[1],
    'today’s undo': () => button(/^Peru käynti klo/),
    service: () => document.querySelector<HTMLElement>('#desk-service'),
    sound: () => button(/^Ääni/),
    link: () => document.querySelector<HTMLElement>('nav a[href="/sync"]'),
  };
  const enter = () => press('Enter');
  const control = (key: string) => press(key, { ctrlKey: true });
  async function scanThing({ thing, ending, gaps, paceMs }: ScannerRow) {
    const isBefore = ending.startsWith('enter before');
    if (isBefore) enter();
    const gap = await type(thing.keys, gaps, isBefore ? paceMs : 0);
    const after = async (ms: number, end: () => void) => {
      // A device answers by itself meanwhile.
      if (ms >= 500) await pass(500).then(settle);
      await pass(ms >= 500 ? ms - 500 : ms);
      await settle();
      end();
      await settle();
    };
    switch (ending) {
      case 'enter':
      case 'enter before and after':
        return after(gap, enter);
      case 'tab':
        return after(gap, () => press('Tab'));
      case 'enter twice':
        await after(gap, enter);
        return after(gap, enter);
      case 'control characters':
        await after(gap, () => control('m'));
        return after(gap, () => control('j'));
      case 'enter after 150 ms':
      case 'enter after 350 ms':
      case 'enter after 900 ms':
        return after(Number(/\d+/.exec(ending)?.[0]), enter);
      case 'none':
      case 'enter before':
        return undefined;
    }
  }

  const stored = (table: string) =>
    new Promise<string[]>((resolve) => {
      const asked = db.transaction(table).objectStore(table).getAllKeys();
      asked.onsuccess = () => resolve(asked.result.map(String));
    });
  const storedAll = async () => [
    ...(await stored('visits')),
    ...(await stored('voids')),
    ...(await stored('choices')),
  ];

  async function play(row: ScannerRow): Promise<RowResult> {
    await makeScreen[row.screen]();
    const focused = find[row.focus]();
    if (focused === null && document.activeElement instanceof HTMLElement) document.activeElement.blur();
    else focused?.focus();
    await pass(3_000);
    const before = new Set(await storedAll());
    await scanThing(row);
    await pass(2_500);
    // A code that is tried in several readings asks the store several times.
    await settle();
    await settle();
    const after = new Set(await storedAll());
    const changes = [...after].filter((key) => !before.has(key));
    const panel = document.querySelector('[data-tone]');
    const typed = document.querySelector('.typed');
    const shown = `${panel?.textContent ?? ''} | ${typed?.textContent ?? ''}`.replace(/\s+/g, ' ');
    const { card, keys } = row.thing;
    const isCard = card !== undefined && shown.replaceAll(' ', '').includes(card);
    const isRefused = panel?.getAttribute('data-tone') === 'refuse';
    const isTold = isRefused && /Luettiin ”/.test(shown) && shown.includes(keys);
    const isUnended = /jäi kesken|Numerossa on virhe/.test(typed?.textContent ?? '');
    const isShown = isUnended && shown.replaceAll(' ', '').includes(keys);
    const isElsewhere = location.pathname !== '/desk';
    return { changes, shown, isAbout: isCard || isTold || isShown, isElsewhere };
  }

  /**
   * The counter loads its code for odd readings when the first such code is scanned; the rows' clock does not
   * wait for that.
   */
  async function loadReading() {
    await scanNow('LOAD');
    for (
      let turn = 0;
      turn < 500 && !/LOAD/.test(document.querySelector('[data-tone]')?.textContent ?? '');
      turn++
    ) {
      await new Promise((resolve) => realTimeout(resolve, 20));
      await settle();
    }
  }

  const results: RowResult[] = [];
  try {
    await loadReading();
    await clear();
    for (const row of rows) {
      results.push(await play(row));
      await clear();
    }
  } finally {
    Object.assign(window, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
    performance.now = real.now;
    db.close();
  }
  return results;
}
