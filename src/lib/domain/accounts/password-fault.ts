export const shortestPassword = 12;
/** Longer ones only keep the server busy. */
export const longestPassword = 1000;

export type PasswordFault = 'too-short' | 'too-long' | 'is-the-name';

/**
 * Why a person may not choose this password; undefined if they may. Its length decides, not its composition
 * (NIST SP 800-63B, 3.1.1.2): a long sentence is easier to remember than `Xy7!`, and harder to guess.
 * @param names the account's name, and its owner's
 */
export function passwordFault(password: string, names: readonly string[]): PasswordFault | undefined {
  const { length } = [...password];
  if (length < shortestPassword) return 'too-short';
  if (length > longestPassword) return 'too-long';
  return names.some((name) => plain(name) === plain(password)) ? 'is-the-name' : undefined;
}

const plain = (text: string) => text.toLowerCase().replace(/[\s.-]/g, '');
