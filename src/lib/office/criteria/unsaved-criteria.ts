import { forget, recall, remember } from '$lib/pwa/web-storage';
import type { CriteriaDraft } from './criteria-draft';

/** What is typed and not saved yet: a page reload must not lose it. It stays in this tab. */
export interface UnsavedCriteria {
  draft: CriteriaDraft;
  base: number;
  replaces?: number;
}

const keyOf = (scheme: string) => `tiski-form criteria ${scheme}`;

export function readUnsaved(scheme: string): UnsavedCriteria | undefined {
  const text = recall('sessionStorage', keyOf(scheme));
  try {
    return text === null ? undefined : (JSON.parse(text) as UnsavedCriteria);
  } catch {
    // Something else is there: the form starts with what is stored.
    return undefined;
  }
}

export function keepUnsaved(scheme: string, unsaved: UnsavedCriteria): void {
  // Without room, the form itself is still on the screen.
  remember('sessionStorage', keyOf(scheme), JSON.stringify(unsaved));
}

export const dropUnsaved = (scheme: string): void => forget('sessionStorage', keyOf(scheme));
