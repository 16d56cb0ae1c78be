import type { Symbology } from '$lib/domain/code/symbologies';
import type { CodeInView } from './barcode-reader';
import type { CameraProblem } from './camera-problem';

export interface Camera {
  id: string;
  label: string;
}

export interface OpenCamera {
  cameras: Camera[];
  /** The one that is showing. */
  cameraId: string;
  /** Absent where the camera has no light. */
  torch?: { isOn(): boolean; set(on: boolean): Promise<void> };
  /** Ends the track, the reading and the worker, and takes the picture away. */
  stop(): Promise<void>;
}

export interface CameraRequest {
  /** The camera wanted; when it isn't there, or none is named, the one facing away from the user. */
  cameraId?: string | undefined;
  /** The kinds of codes to look for, asked anew for every frame: a change opens no other camera. */
  wanted: () => readonly Symbology[];
  /** Codes of every frame read, also when there are none. */
  onCodes: (codes: CodeInView[]) => void;
  /** Called at most once; the camera is closed by then. */
  onProblem: (problem: CameraProblem) => void;
}

// A scanner that types needs nothing of it: loaded when a camera opens, from the precache.
const loadCameraDevice = () => import('./camera-device');

/** The cameras there are. Asks for permission where it hasn't been given; rejects as getUserMedia does. */
export async function listCameras(): Promise<Camera[]> {
  return (await loadCameraDevice()).listCameras();
}

/** Opens a camera and shows its picture in `element`. Resolves to nothing after a problem was reported. */
export async function openCamera(
  element: HTMLElement,
  request: CameraRequest,
): Promise<OpenCamera | undefined> {
  if (!isSecureContext) return void request.onProblem('insecure-page');
  if (!('mediaDevices' in navigator)) return void request.onProblem('no-camera');
  const device = await loadCameraDevice().catch(() => undefined);
  if (!device) return void request.onProblem('reader-failed');
  return device.openCameraDevice(element, request);
}
