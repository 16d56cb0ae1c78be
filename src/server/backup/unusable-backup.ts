/** A file that is not a complete backup: cut off, changed, or something else. */
export class UnusableBackup extends Error {
  constructor(reason: string) {
    // It may quote the file, which could contain terminal control characters.
    super(reason.replace(/\p{Cc}/gu, '?'));
    this.name = 'UnusableBackup';
  }
}
