import { expect, it } from 'vitest';
import { cameraProblemFromError } from './camera-problem';

it.each([
  ['NotAllowedError', 'permission-denied'],
  ['SecurityError', 'permission-denied'],
  ['NotFoundError', 'no-camera'],
  ['OverconstrainedError', 'no-camera'],
  ['NotReadableError', 'camera-in-use'],
  ['AbortError', 'camera-in-use'],
])('%s is %s', (name, problem) => {
  expect(cameraProblemFromError(new DOMException('in words that differ by browser', name))).toBe(problem);
});

it('an unexpected error counts as a camera that gives no picture', () => {
  expect(cameraProblemFromError('text')).toBe('camera-in-use');
  expect(cameraProblemFromError(undefined)).toBe('camera-in-use');
});
