import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';
import type { ReadCodes } from './barcode-reader';

/** The worker is told the address: imported there, the file would be built twice, and one left uncached. */
export interface DetectorRequest {
  image: ImageBitmap;
  wasmUrl: string;
}

export type DetectorReply = { codes: string[] } | { failure: string };

export interface Detector {
  /** Reads one image and closes it. One at a time; rejects when reading doesn't work at all. */
  read(image: ImageBitmap): Promise<string[]>;
  close(): void;
}

/** Reads in a worker, so that the page stays smooth; on the page itself where there can be none. */
export function openDetector(): Detector {
  const canWork = typeof Worker !== 'undefined' && typeof OffscreenCanvas !== 'undefined';
  return canWork ? workerDetector() : pageDetector();
}

function workerDetector(): Detector {
  const worker = new Worker(new URL('./detector.worker.ts', import.meta.url), { type: 'module' });
  return {
    read(image) {
      return new Promise((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<DetectorReply>) => {
          if ('codes' in data) resolve(data.codes);
          else reject(new Error(data.failure));
        };
        worker.onerror = (event) => reject(new Error(event.message));
        const request: DetectorRequest = { image, wasmUrl };
        worker.postMessage(request, [image]);
      });
    },
    close: () => worker.terminate(),
  };
}

function pageDetector(): Detector {
  let reader: Promise<ReadCodes> | undefined;
  // The worker has a reader of its own: hardly any page needs this one.
  const load = async () => (await import('./barcode-reader')).createReader(wasmUrl);
  return {
    async read(image) {
      try {
        return await (
          await (reader ??= load())
        )(image);
      } finally {
        image.close();
      }
    },
    close: () => undefined,
  };
}
