import { unknownScanner, type ScannerProfile } from '$lib/domain/code/scanner-profile';
import { createKeyReader, forgetMs, type HeardCode } from './key-reader';
import { createCharacterReader } from './typed-character';

/** What a page does with its keys. */
export interface KeyHandlers {
  onCode: (code: HeardCode) => void;
  /** What is typed and not a code yet; '' when it has become one, or was deleted. */
  onTyping?: (text: string) => void;
  /**
   * Keys stopped without completing a code: somebody is still typing, or the scanner doesn't end its codes.
   */
  onUnended?: (text: string) => void;
  /** Enter on its own, with no button or link in focus. */
  onEnter?: () => void;
  /**
   * When the screen last changed to something that has to be read before Enter can mean it, by
   * performance.now().
   */
  shownAt?: () => number;
  profile?: ScannerProfile | undefined;
}

export interface KeyListening {
  stop(): void;
  /** Forgets and returns what was typed and is not a code yet. */
  clear(): string;
}

/** Something must have been on the screen this long before Enter can mean it, ms. */
export const readMs = 500;

const textFields =
  'textarea, [contenteditable=""], [contenteditable="true"], input:not([type="checkbox"], [type="radio"], ' +
  '[type="button"], [type="submit"], [type="reset"], [type="range"], [type="file"], [type="color"])';
/** Called with an element that is not a text field. */
const pressable = 'button, a[href], summary, input, [role="button"]';
const submitsByEnter = 'input[type="checkbox"], input[type="radio"]';
/** More than any code has. */
const longestPaste = 600;

/** Ctrl+M, Ctrl+J and Ctrl+I are the control characters CR, LF and HT, as some scanners send their ending. */
const endsByControl: Record<string, 'enter' | 'tab'> = { m: 'enter', j: 'enter', i: 'tab' };

const isWithin = (target: EventTarget | null, selector: string): boolean =>
  target instanceof Element && target.closest(selector) !== null;

function endOf({ key, ctrlKey, altKey, metaKey }: KeyboardEvent): 'enter' | 'tab' | undefined {
  if (altKey || metaKey) return undefined;
  if (key === 'Enter') return 'enter';
  if (ctrlKey) return endsByControl[key.toLowerCase()];
  return key === 'Tab' ? 'tab' : undefined;
}

/** What the browser does for a key on the focused element. */
function press(target: HTMLElement, key: string): void {
  if (key === 'Enter' && target instanceof HTMLInputElement && target.matches(submitsByEnter)) {
    target.form?.requestSubmit();
  } else target.click();
}

/** A dialog sets its own start time (ui/Dialog.svelte). */
const openDialog = () => document.querySelector<HTMLDialogElement>('dialog[open]');

/**
 * Takes every key that is not typed into a text field: runs of keys are codes, however slow the scanner. An
 * Enter (or a space on a button) acts only if it was pressed on its own, on a screen that there was time to
 * read. One that belongs to keys, or may, is default-prevented, so that it logs, undoes, confirms and closes
 * nothing, wherever the focus is.
 */
export function listenToKeys(handlers: KeyHandlers): KeyListening {
  const reader = createKeyReader(handlers.profile ?? unknownScanner);
  const characters = createCharacterReader();
  let silence: ReturnType<typeof setTimeout> | undefined;
  let pressing: ReturnType<typeof setTimeout> | undefined;
  let isSpaceTaken = false;

  const shownAt = () =>
    Math.max(handlers.shownAt?.() ?? -Infinity, Number(openDialog()?.dataset['shownAt'] ?? -Infinity));

  function hear(code: HeardCode) {
    clearTimeout(silence);
    handlers.onTyping?.('');
    handlers.onCode(code);
  }

  function clear(): string {
    clearTimeout(silence);
    const typed = reader.clear();
    if (typed !== '') handlers.onTyping?.('');
    return typed;
  }

  function endBySilence() {
    const heard = reader.silence();
    if (heard?.kind === 'heard') return hear(heard.code);
    if (heard === undefined) return;
    handlers.onUnended?.(heard.text);
    silence = setTimeout(clear, forgetMs);
  }

  function take(character: string, at: number) {
    clearTimeout(pressing);
    clearTimeout(silence);
    reader.character(character, at);
    handlers.onTyping?.(reader.typed());
    silence = setTimeout(endBySilence, reader.patienceMs());
  }

  /** Waits for the keys that a scanner may send after it, then presses the focused element. */
  function pressAlone(event: KeyboardEvent) {
    event.preventDefault();
    if (event.repeat || event.timeStamp - shownAt() < readMs) return;
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>(pressable) : null;
    const shown = shownAt();
    clearTimeout(pressing);
    pressing = setTimeout(() => {
      // Another card came meanwhile: the press was meant for what was here before.
      if (shownAt() !== shown) return;
      if (target?.isConnected) press(target, event.key);
      else if (!target && !openDialog()) handlers.onEnter?.();
    }, reader.aloneMs());
  }

  function onEnd(event: KeyboardEvent, key: 'enter' | 'tab') {
    const end = reader.end(key, event.timeStamp);
    switch (end.kind) {
      case 'heard':
        event.preventDefault();
        return hear(end.code);
      case 'belongs':
        return event.preventDefault();
      case 'alone':
        // An open list takes its own Enter; Tab goes on to the next control.
        if (event.key === 'Enter' && !isWithin(event.target, 'select')) pressAlone(event);
    }
  }

  function onkeydown(event: KeyboardEvent) {
    if (isWithin(event.target, textFields)) return;
    const end = endOf(event);
    if (end) return onEnd(event, end);
    const character = characters.down(event);
    if (character === ' ' && reader.typed() === '') {
      // On its own a space presses a button, as Enter does; elsewhere it scrolls.
      if (!isWithin(event.target, pressable)) return;
      isSpaceTaken = true;
      return pressAlone(event);
    }
    if (character !== undefined) {
      event.preventDefault();
      if (character === ' ') isSpaceTaken = true;
      return take(character, event.timeStamp);
    }
    if (event.key === 'Backspace' && reader.typed() !== '') {
      event.preventDefault();
      reader.erase(event.timeStamp);
      handlers.onTyping?.(reader.typed());
    } else if (event.key === 'Escape' && clear() !== '') {
      event.preventDefault();
    }
  }

  function onkeyup(event: KeyboardEvent) {
    const character = characters.up(event);
    if (character !== undefined && !isWithin(event.target, textFields)) take(character, event.timeStamp);
    // A button is pressed when the space bar goes up.
    if (event.key === ' ' && isSpaceTaken) {
      isSpaceTaken = false;
      event.preventDefault();
    }
  }

  /** Scanners on phones put their code on the clipboard and press Ctrl+V. */
  function onpaste(event: ClipboardEvent) {
    if (isWithin(event.target, textFields)) return;
    const text = event.clipboardData?.getData('text/plain').trim() ?? '';
    for (const character of text.slice(0, longestPaste)) take(character, event.timeStamp);
    event.preventDefault();
  }

  // In the capture phase, so that the page's own shortcuts see what has been handled.
  addEventListener('keydown', onkeydown, { capture: true });
  addEventListener('keyup', onkeyup, { capture: true });
  addEventListener('paste', onpaste, { capture: true });
  return {
    clear,
    stop() {
      clearTimeout(silence);
      clearTimeout(pressing);
      removeEventListener('keydown', onkeydown, { capture: true });
      removeEventListener('keyup', onkeyup, { capture: true });
      removeEventListener('paste', onpaste, { capture: true });
    },
  };
}
