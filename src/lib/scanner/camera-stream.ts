import type { Html5Qrcode } from 'html5-qrcode';

export interface CameraStream {
  video: HTMLVideoElement;
  track: MediaStreamTrack;
}

/**
 * html5-qrcode handles the camera, our detector does the reading: on 72 hard images html5-qrcode's own
 * decoder read 11 at 113 ms each, ours 65 at 23 ms. So its decoder only gets one frame a day.
 */
const oneFrameADay = 1 / 86_400;

/** A driver that gives no frame for this long is in use by another program, ms. */
const firstFrameMs = 10_000;

const ignore = () => undefined;
const notReadable = (message: string) => new DOMException(message, 'NotReadableError');

/**
 * Starts the camera `cameraId`, or the rear camera, and waits for its first frame; the track may have ended
 * by then. `host` is the element that `scanner` was made for. Rejects as getUserMedia does.
 */
export async function startCamera(
  scanner: Html5Qrcode,
  host: HTMLElement,
  cameraId: string | undefined,
  askAgain: () => Promise<unknown>,
): Promise<CameraStream> {
  const which = cameraId === undefined ? { facingMode: 'environment' } : { deviceId: { exact: cameraId } };
  const videoConstraints = { ...which, width: { ideal: 1280 }, height: { ideal: 720 } };
  const config = { fps: oneFrameADay, disableFlip: true, videoConstraints };
  try {
    // The first argument is required, but overridden by videoConstraints.
    await scanner.start({ facingMode: 'environment' }, config, ignore, ignore);
  } catch {
    // It rejects with a sentence; asking again rejects with the actual error.
    await askAgain();
    throw notReadable('Another camera opens, this one does not');
  }
  const video = host.querySelector('video');
  const stream = video?.srcObject;
  const track = stream instanceof MediaStream ? stream.getVideoTracks()[0] : undefined;
  if (!video || !track) throw notReadable('The camera gives no picture');
  try {
    await firstFrame(video, track);
  } catch (error) {
    track.stop();
    throw error;
  }
  return { video, track };
}

function firstFrame(video: HTMLVideoElement, track: MediaStreamTrack): Promise<void> {
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => reject(notReadable('No frame came')), firstFrameMs);
    const done = () => resolve(clearTimeout(timeout));
    video.addEventListener('playing', done, { once: true });
    track.addEventListener('ended', done, { once: true });
  });
}
