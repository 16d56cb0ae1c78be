/** Why there is no picture, or nothing reads it. */
export type CameraProblem =
  'no-camera' | 'permission-denied' | 'camera-in-use' | 'insecure-page' | 'camera-lost' | 'reader-failed';

/**
 * Classifies an error of getUserMedia; by name, because OverconstrainedError is not a DOMException
 * everywhere. https://w3c.github.io/mediacapture-main/#dom-mediadevices-getusermedia
 */
export function cameraProblemFromError(error: unknown): CameraProblem {
  switch (error instanceof Object && 'name' in error ? error.name : undefined) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'permission-denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'no-camera';
    default:
      // NotReadableError, AbortError: the camera is there, but won't give a picture.
      return 'camera-in-use';
  }
}
