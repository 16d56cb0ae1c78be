/** The PIN that leads out of the kiosk: kept as a salted slow hash (PBKDF2, SHA-256). */

export const pinPattern = /^\d{4,8}$/;

const iterations = 600_000;

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A new salt, hex. */
export function makeSalt(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}

/** The hash of a PIN with a salt, both texts; hex. */
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
