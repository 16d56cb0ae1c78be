import { readingsOf } from '$lib/domain/code/code-readings';
import { unknownScanner } from '$lib/domain/code/scanner-profile';

/** A one-time code: eight letters or digits, written ABCD-2345, in any case and with any spaces. */
const codePattern = /^[A-Z0-9]{8}$/;

/**
 * The code in what was typed, scanned or put into the address; undefined if there is none. Understands a
 * scanner that is set to another keyboard layout than the computer.
 */
export function pairingCodeIn(text: string): string | undefined {
  for (const reading of readingsOf(text.trim(), unknownScanner)) {
    const code = codeIn(reading.text);
    if (code !== undefined) return code;
  }
  return undefined;
}

function codeIn(text: string): string | undefined {
  const fragment = /#code=([^&]+)/.exec(text)?.[1] ?? text;
  const code = decodeFragment(fragment).toUpperCase().replace(/[\s-]/g, '');
  return codePattern.test(code) ? code : undefined;
}

function decodeFragment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
