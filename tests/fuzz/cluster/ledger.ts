/** What people and devices were told, to check the end against. */
export class Ledger {
  readonly violations: string[] = [];
  /** Codes that somebody has seen, and the desks that they are for. */
  readonly codes: { desk: string; code: string }[] = [];
  /** Desks that the office was told are revoked. */
  readonly revoked = new Set<string>();
  /** What was decided about a conflict in the state that somebody saw. */
  readonly decided = new Map<string, string>();
  /** Files of private keys as they were written. */
  readonly keyFiles = new Map<string, string>();

  violate(what: string): void {
    this.violations.push(what);
  }

  noteDecision(state: string, kept: string): void {
    const before = this.decided.get(state);
    if (before !== undefined && before !== kept) this.violate(`two decisions stand about ${state}`);
    this.decided.set(state, kept);
  }
}
