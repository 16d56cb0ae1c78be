import { canonicalCode } from '$lib/domain/code/canonical-code';

/** The part of Web NFC used here (https://w3c.github.io/web-nfc/); TypeScript's DOM types don't have it. */
interface TagReader extends EventTarget {
  scan(options: { signal: AbortSignal }): Promise<void>;
}

/**
 * "04:a2:24:b2" as card stock lists and USB readers write it: "04A224B2"; even for lengths outside the
 * standards.
 */
export function codeFromSerialNumber(serialNumber: string): string {
  return canonicalCode(serialNumber.replaceAll(':', '').toUpperCase());
}

/**
 * Reads tags held to the device. The browser asks for permission, so call it from a click the first time.
 * @returns a function that stops it; undefined if the browser has no NFC or it was not allowed
 */
export async function listenToTags(onCode: (text: string) => void): Promise<(() => void) | undefined> {
  const { NDEFReader } = globalThis as { NDEFReader?: new () => TagReader };
  if (!NDEFReader) return undefined;
  const stop = new AbortController();
  const reader = new NDEFReader();
  reader.addEventListener('reading', (event) => {
    if ('serialNumber' in event && typeof event.serialNumber === 'string' && event.serialNumber !== '') {
      onCode(codeFromSerialNumber(event.serialNumber));
    }
  });
  try {
    await reader.scan({ signal: stop.signal });
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
  return () => stop.abort();
}
