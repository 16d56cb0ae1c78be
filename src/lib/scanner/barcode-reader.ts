import { BarcodeDetector, prepareZXingModule } from 'barcode-detector/ponyfill';
import type { Symbology } from '$lib/domain/code/symbologies';
import type { Picture } from './detector';

/** One code in a picture, as read: a UPC-A may come with or without its leading zero. */
export interface CodeInView {
  text: string;
  /** As the reader names it: a requested symbology, or a variety of one, such as `micro_qr_code`. */
  format: string;
}

/** All codes of the wanted kinds in one picture. Closes the picture. */
export type ReadCodes = (picture: Picture, wanted: readonly Symbology[]) => Promise<CodeInView[]>;

type Detector = Pick<BarcodeDetector, 'detect'>;

/** The platform's own reader (Android, macOS), if it knows every wanted kind. */
async function platformDetector(wanted: readonly Symbology[]): Promise<Detector | undefined> {
  const { BarcodeDetector: Native } = globalThis as { BarcodeDetector?: typeof BarcodeDetector };
  const supported = (await Native?.getSupportedFormats()) ?? [];
  if (!Native || !wanted.every((format) => supported.includes(format))) return undefined;
  return new Native({ formats: [...wanted] });
}

function wasmDetector(wasmUrl: string, wanted: readonly Symbology[]): Detector {
  // Served by us, so that it is available offline; by default it would come from a CDN.
  prepareZXingModule({ overrides: { locateFile: () => wasmUrl } });
  return new BarcodeDetector({ formats: [...wanted] });
}

/** Makes a reader for the calling thread; `wasmUrl` is where the reader's wasm is served. */
export function createReader(wasmUrl: string): ReadCodes {
  const choose = async (wanted: readonly Symbology[]) =>
    (await platformDetector(wanted)) ?? wasmDetector(wasmUrl, wanted);
  let chosen: { for: string; detector: Promise<Detector> } | undefined;
  return async (picture, wanted) => {
    const image = await bitmapOf(picture);
    try {
      const kinds = wanted.join();
      if (chosen?.for !== kinds) chosen = { for: kinds, detector: choose(wanted) };
      const detected = await (await chosen.detector).detect(image);
      return detected
        .map(({ rawValue, format }) => ({ text: rawValue, format }))
        .filter(({ text }) => text !== '');
    } finally {
      image.close();
    }
  };
}

/** Not every platform's reader accepts a VideoFrame. */
async function bitmapOf(picture: Picture): Promise<ImageBitmap> {
  if (picture instanceof ImageBitmap) return picture;
  try {
    return await createImageBitmap(picture);
  } finally {
    picture.close();
  }
}
