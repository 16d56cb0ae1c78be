/**
 * Takes the place of html5-qrcode's own decoder when the app is built (html5-qrcode-alias.js): ours reads
 * instead, and the 290 kB of ZXing in JavaScript would be downloaded by every desk and never be asked.
 */
export class ZXingHtml5QrcodeDecoder {
  /** As for a picture without a code. */
  decodeAsync(): Promise<never> {
    return Promise.reject(new Error('Codes are read by detector.ts.'));
  }
}
