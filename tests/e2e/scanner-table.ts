/** Scanners as sold: how fast they type, how they end, what they do to a code; and where they are used. */

export const paces = [1, 5, 16, 45, 51, 60, 100, 150, 200, 400] as const;
export const endings = [
  'enter',
  'tab',
  'none',
  'enter twice',
  'control characters',
  'enter after 150 ms',
  'enter after 350 ms',
  'enter after 900 ms',
  'enter before',
  'enter before and after',
] as const;
export const screens = [
  'ready',
  'admitted',
  'refused',
  'logged',
  'two cards',
  'people to choose',
  'why override',
  'undo this visit',
  'typed before',
] as const;
export const focuses = [
  'as it is',
  'nowhere',
  'second action',
  'today’s undo',
  'service',
  'sound',
  'link',
] as const;

/** What is scanned while something else is on the screen. */
export interface ScannedThing {
  name: string;
  keys: string;
  /** The number of the card that it is; absent if it is not a card. */
  card?: string;
}

export interface ScannerRow {
  paceMs: number;
  ending: (typeof endings)[number];
  thing: ScannedThing;
  screen: (typeof screens)[number];
  focus: (typeof focuses)[number];
  /** Times between the keys, each different; as many as the thing needs. */
  gaps: number[];
}

/** Numerical Recipes' generator: the table is the same in every run. */
function draws(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Every pace with every ending, on each screen with each focus in turn; the rest is drawn at random. */
export function scannerTable(things: readonly ScannedThing[], rounds: number): ScannerRow[] {
  const below = draws(20_261_128);
  const rows: ScannerRow[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const paceMs of paces) {
      for (const ending of endings) {
        // Enter first, and then slower than 0.3 s per key: no counter can tell that from a person (KEYS.md).
        if (ending.startsWith('enter before') && paceMs > 250) continue;
        const thing = things[below(things.length)] as ScannedThing;
        const screen = screens[rows.length % screens.length] ?? 'ready';
        const focus = focuses[below(focuses.length)] ?? 'nowhere';
        const gaps = [...thing.keys].map(() => paceMs * (0.9 + below(200) / 1_000));
        rows.push({ paceMs, ending, thing, screen, focus, gaps });
      }
    }
  }
  return rows;
}

export const nameOf = ({ paceMs, ending, thing, screen, focus }: ScannerRow): string =>
  `${paceMs} ms a key, ${ending}: ${thing.name}, over ${screen}, focus ${focus}`;
