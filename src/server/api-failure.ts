/** A refused request to /api/: `error` for programs, one English sentence for people. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly reason: string,
    /** The member of the body that is at fault. */
    readonly field?: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(reason);
    this.name = 'ApiFailure';
  }

  get body(): { error: string; reason: string; field?: string } {
    const { error, reason, field } = this;
    return field === undefined ? { error, reason } : { error, reason, field };
  }
}
