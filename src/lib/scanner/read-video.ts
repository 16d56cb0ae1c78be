import type { Detector } from './detector';

export interface VideoReading {
  /** The codes of one frame, also when there are none. */
  onCodes: (codes: string[]) => void;
  /** Reading doesn't work at all; it has ended. */
  onFailure: () => void;
}

/** At most 13 frames a second: quicker than a hand, and easy on a tablet's battery. */
const shortestMs = 75;

/** A frame may fail while a camera wakes up; so many in a row mean that the reader itself doesn't work. */
const failuresToGiveUp = 3;

/** Reads frame after frame of a playing video, never two at once, until `ended`. */
export function readVideo(
  video: HTMLVideoElement,
  detector: Detector,
  ended: AbortSignal,
  { onCodes, onFailure }: VideoReading,
): void {
  let startedAt = 0;
  let failures = 0;

  function next() {
    if (ended.aborted) return;
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => void readFrame());
    else setTimeout(() => void readFrame(), shortestMs);
  }

  async function readFrame() {
    const now = performance.now();
    if (ended.aborted || now - startedAt < shortestMs) return next();
    startedAt = now;
    try {
      const codes = await detector.read(await createImageBitmap(video));
      failures = 0;
      if (!ended.aborted) onCodes(codes);
    } catch {
      failures += 1;
      if (failures >= failuresToGiveUp && !ended.aborted) return onFailure();
    }
    next();
  }

  next();
}
