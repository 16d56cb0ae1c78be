import { Html5Qrcode, Html5QrcodeSupportedFormats } from 'html5-qrcode';
import type { Camera, CameraRequest, OpenCamera } from './camera';
import { cameraProblemFromError, type CameraProblem } from './camera-problem';
import { startCamera } from './camera-stream';
import { openDetector } from './detector';
import { readVideo } from './read-video';

let hosts = 0;

/** See listCameras of camera.ts. */
export async function listCameras(): Promise<Camera[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  const named = devices.filter(({ kind, label }) => kind === 'videoinput' && label !== '');
  // Names are only shown with permission; if there are any, getCameras would just open a camera once more.
  if (named.length === 0) return Html5Qrcode.getCameras();
  return named.map(({ deviceId, label }) => ({ id: deviceId, label }));
}

/** Opens one of the device's cameras; see openCamera in camera.ts. */
export async function openCameraDevice(
  element: HTMLElement,
  { cameraId, wanted, onCodes, onProblem }: CameraRequest,
): Promise<OpenCamera | undefined> {
  // Its own element: html5-qrcode finds it by id, and empties it.
  const host = document.createElement('div');
  host.id = `camera-${++hosts}`;
  element.append(host);
  const scanner = new Html5Qrcode(host.id, {
    verbose: false,
    formatsToSupport: [Html5QrcodeSupportedFormats.QR_CODE],
  });
  const detector = openDetector();
  const ending = new AbortController();

  async function stop() {
    if (ending.signal.aborted) return;
    ending.abort();
    detector.close();
    // Its canvas comes with the first frame; before that its stop() fails halfway.
    if (host.querySelector('canvas')) await scanner.stop();
    host.remove();
  }
  async function fail(problem: CameraProblem) {
    if (ending.signal.aborted) return;
    await stop();
    onProblem(problem);
  }

  try {
    const cameras = await listCameras();
    // The screen may have closed meanwhile: html5-qrcode would look for its element in vain.
    if (!host.isConnected) return void (await stop());
    const chosen = cameras.find(({ id }) => id === cameraId);
    const { video, track } = await startCamera(scanner, host, chosen?.id, () => Html5Qrcode.getCameras());
    if (track.readyState === 'ended') return void (await fail('camera-lost'));
    track.addEventListener('ended', () => void fail('camera-lost'), { signal: ending.signal });
    const onFailure = () => void fail('reader-failed');
    readVideo(video, detector, ending.signal, { wanted, onCodes, onFailure });
    const light = scanner.getRunningTrackCameraCapabilities().torchFeature();
    const torch = { isOn: () => light.value() === true, set: (on: boolean) => light.apply(on) };
    const { deviceId = '' } = track.getSettings();
    return { cameras, cameraId: deviceId, ...(light.isSupported() && { torch }), stop };
  } catch (error) {
    return void (await fail(cameraProblemFromError(error)));
  }
}
