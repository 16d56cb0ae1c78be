/** A file that is no whole backup: cut off, changed, or something else. */
export class UnusableBackup extends Error {
  constructor(reason: string) {
    // A word of the file may be in it, for a terminal to obey.
    super(reason.replace(/\p{Cc}/gu, '?'));
    this.name = 'UnusableBackup';
  }
}
