import { expect, it } from 'vitest';
import { heardKind } from './heard-kind';

it.each([
  ['LR004711', 'text'],
  ['12345671', 'text'],
  ['eyJhbGciOiJFZERTQSJ9.eyJuIjoiMTIzNDU2NzEifQ.c2ln', 'signed'],
  ['EYjHBgCIoIjfzertqsj9.EYjUiJOImtiZndu2nZeIFq', 'signed'],
  ['eyJhbGciOiJFZERTQSJ9+eyJu?joi', 'signed'],
  [`112345671${'4'.repeat(188)}`, 'signed'],
  ['4'.repeat(40), 'signed'],
  ['010190-123A', 'personal-id'],
  ['010190+123A', 'personal-id'],
  ['x010101A123Ny', 'personal-id'],
  ['x'.repeat(61), 'long'],
] as const)('%s is described as %s', (text, kind) => expect(heardKind(text)).toBe(kind));
