import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';
import type { Symbology } from '$lib/domain/code/symbologies';
import type { CodeInView, ReadCodes } from './barcode-reader';

/** One frame of a camera. It is closed soon: a VideoFrame holds one of the camera's few buffers. */
export type Picture = ImageBitmap | VideoFrame;

/**
 * The worker is given the address: if it imported the file, it would be built twice, and one copy left
 * uncached.
 */
export interface DetectorRequest {
  picture: Picture;
  wanted: readonly Symbology[];
  wasmUrl: string;
}

export type DetectorReply = { codes: CodeInView[] } | { failure: string };

export interface Detector {
  /**
   * Reads the wanted codes in one picture and closes it. One at a time; rejects if reading doesn't work at
   * all.
   */
  read(picture: Picture, wanted: readonly Symbology[]): Promise<CodeInView[]>;
  close(): void;
}

/** Reads in a worker, so that the page stays smooth; on the page itself if there can be no worker. */
export function openDetector(): Detector {
  const canWork = typeof Worker !== 'undefined' && typeof OffscreenCanvas !== 'undefined';
  return canWork ? workerDetector() : pageDetector();
}

function workerDetector(): Detector {
  const worker = new Worker(new URL('./detector.worker.ts', import.meta.url), { type: 'module' });
  return {
    read(picture, wanted) {
      return new Promise((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<DetectorReply>) => {
          if ('codes' in data) resolve(data.codes);
          else reject(new Error(data.failure));
        };
        worker.onerror = (event) => reject(new Error(event.message));
        const request: DetectorRequest = { picture, wanted, wasmUrl };
        try {
          worker.postMessage(request, [picture]);
        } catch (error) {
          picture.close();
          reject(error);
        }
      });
    },
    close: () => worker.terminate(),
  };
}

function pageDetector(): Detector {
  let reader: Promise<ReadCodes> | undefined;
  // The worker has its own reader: pages hardly ever need this one.
  const load = async () => (await import('./barcode-reader')).createReader(wasmUrl);
  return {
    async read(picture, wanted) {
      return (await (reader ??= load()))(picture, wanted);
    },
    close: () => undefined,
  };
}
