/** What a finding is about. */
export type CheckName =
  'settings' | 'node' | 'folder' | 'disk' | 'server' | 'clock' | 'databases' | 'keys' | 'couchdb' | 'proxy';

export type FindingState = 'good' | 'warning' | 'bad' | 'not-checked';

/** One thing that `tiski doctor` found. It contains no secret, and nothing about cards or people. */
export interface Finding {
  check: CheckName;
  state: FindingState;
  says: string;
  /** What to do about it. */
  todo?: string;
}

/** Makes one check's findings. What is not good says what to do. */
export const findingsOf = (check: CheckName) => ({
  good: (says: string): Finding => ({ check, state: 'good', says }),
  warning: (says: string, todo: string): Finding => ({ check, state: 'warning', says, todo }),
  bad: (says: string, todo: string): Finding => ({ check, state: 'bad', says, todo }),
  notChecked: (says: string, todo?: string): Finding => ({
    check,
    state: 'not-checked',
    says,
    ...(todo === undefined ? {} : { todo }),
  }),
});
