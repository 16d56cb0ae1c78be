/**
 * A view of a Buffer as plain bytes. The types of PouchDB declare a Buffer of their own, after which
 * TypeScript no longer takes Node's for a Uint8Array.
 */
export function bytesOf(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength);
}
