import type { Symbology } from '$lib/domain/code/symbologies';
import type { CodeInView } from './barcode-reader';
import type { CameraProblem } from './camera-problem';

export interface Camera {
  id: string;
  label: string;
}

export interface OpenCamera {
  cameras: Camera[];
  /** The camera in use. */
  cameraId: string;
  /** Absent if the camera has no light. */
  torch?: { isOn(): boolean; set(on: boolean): Promise<void> };
  /** Ends the track, the reading and the worker, and removes the picture. */
  stop(): Promise<void>;
}

export interface CameraRequest {
  /** The wanted camera; if it isn't there, or none is named, the rear camera. */
  cameraId?: string | undefined;
  /** The kinds of codes to look for, asked for every frame: a change doesn't reopen the camera. */
  wanted: () => readonly Symbology[];
  /** The codes of every frame read, even if there are none. */
  onCodes: (codes: CodeInView[]) => void;
  /** Called at most once; the camera is already closed by then. */
  onProblem: (problem: CameraProblem) => void;
}

// A scanner that types doesn't need it: loaded when a camera opens, from the precache.
const loadCameraDevice = () => import('./camera-device');

/** The available cameras. Asks for permission if it hasn't been given; rejects as getUserMedia does. */
export async function listCameras(): Promise<Camera[]> {
  return (await loadCameraDevice()).listCameras();
}

/** Opens a camera and shows its picture in `element`. Resolves to undefined after a problem was reported. */
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
