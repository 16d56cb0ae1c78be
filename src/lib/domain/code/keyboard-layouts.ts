/**
 * A scanner that emulates a keyboard sends key presses, not characters: if it is set to another country than
 * the computer, other characters arrive than the code has. Each layout is written down key by key, so that
 * one can be read as another.
 */

/** `fi` is also the Swedish layout. */
export const keyboardLayouts = ['fi', 'us', 'gb', 'de', 'fr'] as const;
export type KeyboardLayout = (typeof keyboardLayouts)[number];

/**
 * The characters on the keys of ISO/IEC 9995-2, row by row from the top left: alone, then with Shift. A dead
 * key stands for the accent that it would put on the next letter.
 */
const keys: Record<KeyboardLayout, [alone: string, withShift: string]> = {
  fi: [
    "§1234567890+´qwertyuiopå¨asdfghjklöä'<zxcvbnm,.-",
    '½!"#¤%&/()=?`QWERTYUIOPÅ^ASDFGHJKLÖÄ*>ZXCVBNM;:_',
  ],
  us: [
    "`1234567890-=qwertyuiop[]asdfghjkl;'\\\\zxcvbnm,./",
    '~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"||ZXCVBNM<>?',
  ],
  gb: [
    "`1234567890-=qwertyuiop[]asdfghjkl;'#\\zxcvbnm,./",
    '¬!"£$%^&*()_+QWERTYUIOP{}ASDFGHJKL:@~|ZXCVBNM<>?',
  ],
  de: [
    '^1234567890ß´qwertzuiopü+asdfghjklöä#<yxcvbnm,.-',
    '°!"§$%&/()=?`QWERTZUIOPÜ*ASDFGHJKLÖÄ\'>YXCVBNM;:_',
  ],
  fr: [
    '²&é"\'(-è_çà)=azertyuiop^$qsdfghjklmù*<wxcvbn,;:!',
    '²1234567890°+AZERTYUIOP¨£QSDFGHJKLM%µ>WXCVBN?./§',
  ],
};

function keyTable(from: KeyboardLayout, to: KeyboardLayout): Map<string, string> {
  const table = new Map<string, string>();
  keys[from].forEach((characters, shift) => {
    [...characters].forEach((character, place) => {
      const meant = [...(keys[to][shift] ?? '')][place];
      if (meant !== undefined && !table.has(character)) table.set(character, meant);
    });
  });
  return table;
}

const tables = new Map<string, Map<string, string>>();

/** What a scanner set to `scanner` meant if a computer set to `computer` received `heard`. */
export function retyped(heard: string, computer: KeyboardLayout, scanner: KeyboardLayout): string {
  const pair = `${computer} ${scanner}`;
  const table = tables.get(pair) ?? keyTable(computer, scanner);
  tables.set(pair, table);
  return [...heard].map((character) => table.get(character) ?? character).join('');
}
