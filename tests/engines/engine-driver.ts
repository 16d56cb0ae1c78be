/** The engines besides Chromium in which Tiski is tested. */
export const engineNames = ['firefox', 'webkit'] as const;
export type EngineName = (typeof engineNames)[number];

/** A browser under test, as far as a walk needs one. Expressions are JavaScript, and run in the page. */
export interface EngineDriver {
  /** As the browser names itself. */
  readonly version: string;
  /** A document navigation, as by the address bar. */
  open(url: string): Promise<void>;
  /** By the browser's own button. */
  back(): Promise<void>;
  /** An expression's value, as JSON. */
  read(expression: string): Promise<unknown>;
  /** A click with the mouse on the element that an expression returns. */
  click(element: string): Promise<void>;
  /** Presses keys one after another, wherever the focus is. */
  press(keys: readonly string[]): Promise<void>;
  /** A cold start: the page's memory is gone, what the device stores is not. */
  restart(): Promise<void>;
  /** Errors in the console and uncaught exceptions so far; always empty if the driver doesn't report them. */
  errors(): readonly string[];
  close(): Promise<void>;
}

/** The window's size: a desk's. */
export const windowSize = { width: 1280, height: 800 } as const;
