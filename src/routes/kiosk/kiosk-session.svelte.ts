import type { ScannerProfile } from '$lib/domain/code/scanner-profile';
import type { ScannedCode } from '$lib/domain/code/scan-code';
import type { Signature } from '$lib/domain/code/signed-code';
import { checkScan, type ScannedTexts } from '$lib/store/check-scan';
import type { TiskiDatabase } from '$lib/store/database';
import { logVisit } from '$lib/store/log-visit';
import { playTone } from '$lib/ui/sounds';

/** What a kiosk shows: no names, no history, no reasons (R16). */
export type KioskView =
  | { kind: 'ready' }
  | { kind: 'admitted' }
  | { kind: 'already-logged'; at: number; zone: string }
  /** Refused or in question: staff settle it (R15). */
  | { kind: 'see-staff' }
  | { kind: 'two-codes' }
  /** Keys came without the end of a code: the scanner doesn't end its codes, or lost a part. */
  | { kind: 'unread' }
  | { kind: 'storage-full' };

interface KioskDependencies {
  db: TiskiDatabase;
  /** Id of the service. */
  service: string;
  now: () => number;
  randomId: () => string;
  /** R2: see Tiski.signatureOf. */
  signatureOf: (code: ScannedCode) => Promise<Signature | undefined>;
  /** What is known about the kiosk's scanner. */
  profile: () => ScannerProfile;
}

/** How long an answer stays, ms. */
export const answerMs = 3_000;

/** A kiosk at work: every scan is answered, logged if admitted, and forgotten. */
export class KioskSession {
  view = $state.raw<KioskView>({ kind: 'ready' });
  #turn: Promise<void> = Promise.resolve();
  #rest: ReturnType<typeof setTimeout> | undefined;
  readonly #dependencies: KioskDependencies;

  constructor(dependencies: KioskDependencies) {
    this.#dependencies = dependencies;
  }

  /** Scans are answered one after another; a fault of ours sends the customer to the staff too. */
  scan(texts: ScannedTexts): Promise<void> {
    const answered = this.#turn.then(async () => this.#show(await this.#answer(texts)));
    this.#turn = answered.catch(() => this.#show({ kind: 'see-staff' }));
    return answered;
  }

  twoCodes(): void {
    if (this.view.kind === 'ready') this.#show({ kind: 'two-codes' });
  }

  unread(): void {
    this.#show({ kind: 'unread' });
  }

  stop(): void {
    clearTimeout(this.#rest);
  }

  async #answer(texts: ScannedTexts): Promise<KioskView> {
    const { db, service, now, randomId, signatureOf, profile } = this.#dependencies;
    const { check } = await checkScan(db, { texts, service }, { now, signatureOf, profile: profile() });
    const { verdict, venue } = check;
    const already = (at: number): KioskView => ({ kind: 'already-logged', at, zone: venue.zone });
    switch (verdict.outcome) {
      case 'ask':
      case 'refuse':
        return { kind: 'see-staff' };
      case 'already-logged':
        return already(verdict.at);
      case 'admit': {
        // R11: somebody has to count how many of a group came in.
        if (check.allowed.holder > 1) return { kind: 'see-staff' };
        const logged = await logVisit(db, check, { deviceNow: now(), randomId });
        switch (logged.kind) {
          case 'logged':
            return { kind: 'admitted' };
          case 'already-logged':
            return already(logged.at);
          case 'changed':
            return { kind: 'see-staff' };
          case 'storage-full':
            return { kind: 'storage-full' };
        }
      }
    }
  }

  #show(view: KioskView): void {
    clearTimeout(this.#rest);
    this.view = view;
    this.#rest = setTimeout(() => (this.view = { kind: 'ready' }), answerMs);
    playTone(view.kind === 'admitted' ? 'admit' : view.kind === 'already-logged' ? 'done' : 'refuse');
  }
}
