import { describe, expect, it } from 'vitest';
import type { SyncFailure } from './ports';
import { syncStateOf } from './sync-state';

const stateAfter = (...failures: SyncFailure[]) =>
  syncStateOf({
    lanes: new Map(failures.map((failure, index) => [`lane-${index}`, { isWorking: false, failure }])),
    loading: new Map(),
    isSending: false,
    isRevoked: false,
    needsUpdate: false,
    hasStarted: true,
  });

describe('one word for the counter', () => {
  it.each([
    [{ kind: 'unreachable' }, 'offline'],
    [{ kind: 'not-our-server' }, 'offline'],
    [{ kind: 'forbidden' }, 'trouble'],
    [{ kind: 'busy' }, 'trouble'],
    [{ kind: 'server-error', status: 500 }, 'trouble'],
    [{ kind: 'device', reason: 'QuotaExceededError' }, 'trouble'],
    [{ kind: 'signed-out' }, 'signed-out'],
  ] as const)('S14 %j is %s: no connection only if there is none', (failure, phase) => {
    expect(stateAfter(failure)).toMatchObject({ phase, lastFailure: failure.kind });
  });

  it('S14 of several failures it reports the one that somebody can act on', () => {
    const unreachable: SyncFailure = { kind: 'unreachable' };
    const forbidden: SyncFailure = { kind: 'forbidden' };
    expect(stateAfter(unreachable, forbidden).lastFailure).toBe('forbidden');
    expect(stateAfter(unreachable, forbidden, { kind: 'signed-out' }).lastFailure).toBe('signed-out');
    expect(stateAfter().phase).toBe('in-sync');
  });
});
