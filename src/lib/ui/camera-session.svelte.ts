import { openCamera, type Camera, type CameraRequest, type OpenCamera } from '$lib/scanner/camera';
import type { CameraProblem } from '$lib/scanner/camera-problem';

/** What is known about the camera while it is being opened, open, or unavailable. */
export class CameraSession {
  camera = $state.raw<OpenCamera>();
  cameras = $state.raw<Camera[]>([]);
  problem = $state<CameraProblem>();
  readonly #reading: Pick<CameraRequest, 'wanted' | 'onCodes'>;
  /** One camera is closed before the next is opened: many devices can't run two. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(reading: Pick<CameraRequest, 'wanted' | 'onCodes'>) {
    this.#reading = reading;
  }

  /** Opens the camera `wanted` in `stage`, and keeps it open until the returned function is called. */
  keepOpen(stage: HTMLElement, wanted: string | undefined): () => void {
    let isNeeded = true;
    let opened: OpenCamera | undefined;
    const onProblem = (problem: CameraProblem) => {
      if (!isNeeded) return;
      this.camera = undefined;
      this.problem = problem;
    };
    const open = async () => {
      if (!isNeeded) return;
      this.problem = undefined;
      opened = await openCamera(stage, { cameraId: wanted, ...this.#reading, onProblem });
      if (!isNeeded || !opened) return;
      this.camera = opened;
      this.cameras = opened.cameras;
    };
    this.#turn = this.#turn.then(open);
    return () => {
      isNeeded = false;
      this.camera = undefined;
      this.#turn = this.#turn.then(() => opened?.stop());
    };
  }
}
