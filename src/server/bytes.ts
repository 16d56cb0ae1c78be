/**
 * A view of a Buffer as plain bytes. PouchDB's types declare their own Buffer, after which TypeScript no
 * longer accepts Node.js's as a Uint8Array.
 */
export function bytesOf(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength);
}
