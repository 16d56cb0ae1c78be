import { forget, recall, remember } from '$lib/pwa/web-storage';
import type { EditedDocument } from './entry-lists';

/** What is typed and not saved yet: a page reload must not lose it. It stays in this tab. */
export interface UnsavedForm {
  document: EditedDocument;
  baseRev?: string;
}

const keyOf = (path: string) => `tiski-form ${path}`;

export function readUnsaved(path: string): UnsavedForm | undefined {
  const text = recall('sessionStorage', keyOf(path));
  try {
    return text === null ? undefined : (JSON.parse(text) as UnsavedForm);
  } catch {
    // Something else is there: the form starts with what is stored.
    return undefined;
  }
}

export function keepUnsaved(path: string, form: UnsavedForm): void {
  // Without room, the form itself is still on the screen.
  remember('sessionStorage', keyOf(path), JSON.stringify(form));
}

export function dropUnsaved(path: string): void {
  forget('sessionStorage', keyOf(path));
}
