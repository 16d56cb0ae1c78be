import { addKey, burstPauseMs, isMachineBurst, isScannerBurst, type Burst } from './wedge-burst';

const editable = 'input, textarea, select, [contenteditable=""], [contenteditable="true"]';

/** Text typed into a field is the field's, unless the field is marked as a place to scan into. */
function isLeftAlone(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('[data-scan-ignore]')) return true;
  return target.closest(editable) !== null && target.closest('[data-scan-ok]') === null;
}

/** A character as the layout gives it, or undefined for shortcuts, named keys and a key held down. */
function typedCharacter(event: KeyboardEvent): string | undefined {
  const isShortcut = event.ctrlKey || event.altKey || event.metaKey;
  if (isShortcut && !event.getModifierState('AltGraph')) return undefined;
  if (event.repeat || event.isComposing) return undefined;
  return [...event.key].length === 1 ? event.key : undefined;
}

/** A second Enter or Tab this soon after a code is the scanner's too, ms. */
const secondEndMs = 300;

/**
 * So long without a key ends a code that has no Enter, ms. Far longer than a scanner's own pauses: on a busy device
 * keys come in clumps, and only their own times tell how they were typed.
 */
const silenceMs = 500;

/**
 * Hears scanners that type their code (USB, Bluetooth), wherever the focus is. Keys that are a scanner's
 * for certain, and its closing Enter or Tab, are default-prevented, so that they press no button; a
 * number pad takes that as the sign to undo what the first keys of the burst put in.
 * @returns stops listening.
 */
export function listenToWedge(onCode: (text: string) => void): () => void {
  let burst: Burst | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let endedAt = -Infinity;

  function take(): Burst | undefined {
    clearTimeout(silence);
    const taken = burst;
    burst = undefined;
    return taken;
  }

  function endByPause() {
    const taken = take();
    if (isMachineBurst(taken)) onCode(taken.text);
  }

  function onKeydown(event: KeyboardEvent) {
    if (isLeftAlone(event.target)) return;
    const character = typedCharacter(event);
    if (character !== undefined) {
      if (burst && event.timeStamp - burst.lastAt > burstPauseMs) endByPause();
      clearTimeout(silence);
      burst = addKey(burst, character, event.timeStamp);
      // A space would press the focused button: nobody gets from another key to it so quickly.
      const isInnerSpace = character === ' ' && burst.keys > 1;
      if (isInnerSpace || isMachineBurst(burst)) event.preventDefault();
      silence = setTimeout(endByPause, silenceMs);
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      const taken = take();
      // Some scanners end with Enter twice: the second would log what nobody has read yet.
      const isSecondEnd = event.timeStamp - endedAt < secondEndMs;
      if (isSecondEnd) event.preventDefault();
      if (!isScannerBurst(taken, event.timeStamp)) return;
      event.preventDefault();
      endedAt = event.timeStamp;
      onCode(taken.text);
    } else if (event.key !== 'Shift' && event.key !== 'AltGraph') {
      take();
    }
  }

  // In the capture phase, so that the page's own shortcuts see what has been prevented.
  addEventListener('keydown', onKeydown, { capture: true });
  return () => {
    take();
    removeEventListener('keydown', onKeydown, { capture: true });
  };
}
