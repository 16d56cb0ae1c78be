import type { Symbology } from '$lib/domain/code/symbologies';
import type { CodeInView } from './barcode-reader';
import type { Detector, Picture } from './detector';
import { readPause } from './read-pace';

export interface VideoReading {
  /** The kinds of codes to look for, asked for every frame. */
  wanted: () => readonly Symbology[];
  /** The codes of one frame, even if there are none. */
  onCodes: (codes: CodeInView[]) => void;
  /** Reading doesn't work at all; it has ended. */
  onFailure: () => void;
}

/** A frame may fail while a camera wakes up; this many in a row mean that the reader itself doesn't work. */
const failuresToGiveUp = 3;

/** Reads frame after frame of a playing video, never two at once, until `ended`. */
export function readVideo(
  video: HTMLVideoElement,
  detector: Detector,
  ended: AbortSignal,
  { wanted, onCodes, onFailure }: VideoReading,
): void {
  let startedAt = 0;
  let lastCodeAt = performance.now();
  let failures = 0;
  let takesFrames = typeof VideoFrame !== 'undefined';

  function next() {
    if (ended.aborted) return;
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => void readFrame());
    else setTimeout(() => void readFrame(), readPause(lastCodeAt, performance.now()));
  }

  async function readFrame() {
    const now = performance.now();
    if (ended.aborted || now - startedAt < readPause(lastCodeAt, now)) return next();
    startedAt = now;
    try {
      const codes = await detector.read(await takePicture(video, takesFrames), wanted());
      failures = 0;
      if (codes.length > 0) lastCodeAt = now;
      if (!ended.aborted) onCodes(codes);
    } catch {
      // Some browsers may have VideoFrames that can't be transferred, or not be read in the worker.
      takesFrames = false;
      failures += 1;
      if (failures >= failuresToGiveUp && !ended.aborted) return onFailure();
    }
    next();
  }

  next();
}

/** A VideoFrame is only a reference; copying a picture here took the page 15 ms per reading. */
const takePicture = async (video: HTMLVideoElement, takesFrames: boolean): Promise<Picture> =>
  takesFrames ? new VideoFrame(video) : createImageBitmap(video);
