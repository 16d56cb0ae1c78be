import { changeOwnPassword, claimPairingCode, readSession, type ServerAddress } from '$lib/remote/pairing';
import type { TiskiDatabase } from '$lib/store/database';
import { saveDevice, type Device, type PendingPairing } from '$lib/store/device';
import { readSetting, writeSetting } from '$lib/store/settings';
import type { Outcome, RemoteFailure } from '$lib/sync/ports';

export type PairFailure =
  | RemoteFailure
  /** The code is wrong, used up or older than ten minutes: the office makes a new one. */
  | { kind: 'wrong-code' };

export type PairResult = { ok: true; value: Device } | { ok: false; failure: PairFailure };

/**
 * Makes this browser the desk that a code stands for. The code works once, so what it gave is stored before
 * the password is changed: after a crash or a cut line `resumePairing` continues from there.
 * @param randomSecret returns a password of at least 128 bits
 */
export async function pairDevice(
  db: TiskiDatabase,
  server: ServerAddress,
  code: string,
  randomSecret: () => string,
): Promise<PairResult> {
  const claimed = await claimPairingCode(server, code.trim());
  if (!claimed.ok) return { ok: false, failure: pairFailure(claimed.failure) };
  await writeSetting(db, 'pairing', { ...claimed.value, newPassword: randomSecret() });
  return (await resumePairing(db, server)) ?? { ok: false, failure: { kind: 'wrong-code' } };
}

function pairFailure(failure: RemoteFailure): PairFailure {
  switch (failure.kind) {
    case 'rejected':
    case 'forbidden':
    case 'signed-out':
      return { kind: 'wrong-code' };
    default:
      return failure;
  }
}

/** Finishes a pairing that began; undefined if there is none. */
export async function resumePairing(
  db: TiskiDatabase,
  server: ServerAddress,
): Promise<PairResult | undefined> {
  const pending = await readSetting(db, 'pairing');
  if (!pending) return undefined;
  const changed = await takeOverAccount(server, pending);
  if (!changed.ok) {
    // Neither password is accepted: somebody made a new code meanwhile, and this pairing leads nowhere.
    const isLost = changed.failure.kind === 'signed-out';
    return { ok: false, failure: isLost ? { kind: 'wrong-code' } : changed.failure };
  }
  const { desk, account, newPassword } = pending;
  const device: Device = {
    deskId: desk.id,
    account: { name: account.name, password: newPassword },
    name: desk.name,
    venue: desk.venue,
    sectors: desk.sectors,
    pairedAt: new Date(server.now()).toISOString(),
    state: 'active',
  };
  await saveDevice(db, device, desk.rules);
  return { ok: true, value: device };
}

/** Sets the device's own password, unless an earlier try already did and its answer was lost. */
async function takeOverAccount(server: ServerAddress, pending: PendingPairing): Promise<Outcome<unknown>> {
  const { account, newPassword } = pending;
  const first = await changeOwnPassword(server, account, newPassword);
  if (first.ok || first.failure.kind !== 'signed-out') return first;
  return readSession(server, { name: account.name, password: newPassword });
}

/**
 * 256 bits as 64 hexadecimal digits: the server recognizes a desk's own password by that form
 * (docs/decisions/0009).
 */
export function randomSecret(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
