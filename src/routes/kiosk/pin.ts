/** The PIN that leaves the kiosk: stored as a salted slow hash (PBKDF2, SHA-256). */

export const pinPattern = /^\d{4,8}$/;

/** Why a PIN is easy to guess; it may be used all the same. */
export type PinWeakness = 'short' | 'simple';

/** At ten guesses a minute (pin-lock.ts) four digits last seventeen hours, six digits ten weeks. */
const safeLength = 6;

/** What to say about a PIN while it is typed; undefined for a good one, and for an incomplete one. */
export function pinWeakness(pin: string): PinWeakness | undefined {
  if (!pinPattern.test(pin)) return undefined;
  if (pin.length < safeLength) return 'short';
  return isRepeated(pin) || isRun(pin) ? 'simple' : undefined;
}

/** 000000, 121212, 12341234. */
const isRepeated = (pin: string) => /^(\d{1,4})\1+$/.test(pin);

/** 123456, 654321, 567890. */
function isRun(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, index) => (Number(digit) - Number(pin[index]) + 10) % 10);
  return steps.every((step) => step === 1) || steps.every((step) => step === 9);
}

const iterations = 600_000;

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A new salt, hex. */
export function makeSalt(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}

/** The hash of a PIN with a salt, both as text; hex. */
export async function hashPin(pin: string, salt: string): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', encoder.encode(pin), 'PBKDF2', false, ['deriveBits']);
  const bits = await crypto.subtle.deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt: encoder.encode(salt), iterations },
    key,
    256,
  );
  return hex(new Uint8Array(bits));
}
