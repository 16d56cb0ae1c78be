/** Turns keyboard events into characters, even if a scanner or its computer is oddly configured. */
export interface CharacterReader {
  /** The character of a key that went down; undefined for shortcuts, named keys and a key held down. */
  down(event: KeyboardEvent): string | undefined;
  /** A character that was typed by its number with Alt held; returned when Alt goes up. */
  up(event: KeyboardEvent): string | undefined;
}

/**
 * Accents of dead keys outside text fields, which would put them on a letter: those of a Finnish keyboard.
 */
const deadKeys: Record<string, [alone: string, withShift: string]> = {
  Equal: ['´', '`'],
  BracketRight: ['¨', '^'],
};

export function createCharacterReader(): CharacterReader {
  let altCode = '';
  return {
    down(event) {
      const { key, code } = event;
      if (event.repeat || event.isComposing) return undefined;
      const padDigit = /^Numpad(\d)$/.exec(code)?.[1];
      if (event.altKey && padDigit !== undefined) {
        altCode += padDigit;
        return undefined;
      }
      const isShortcut = event.ctrlKey || event.altKey || event.metaKey;
      if (isShortcut && !event.getModifierState('AltGraph')) return undefined;
      // A scanner's number pad without Num Lock sends arrows.
      if (padDigit !== undefined) return padDigit;
      if (key === 'Dead') return deadKeys[code]?.[event.shiftKey ? 1 : 0];
      return [...key].length === 1 ? key : undefined;
    },
    up({ key }) {
      if (key !== 'Alt' || altCode === '') return undefined;
      const number = Number(altCode.slice(-4));
      altCode = '';
      return number >= 32 && number < 256 ? String.fromCharCode(number) : undefined;
    },
  };
}
