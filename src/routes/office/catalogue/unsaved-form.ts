import type { EditedDocument } from './entry-lists';

/** What is typed and not saved yet: a reload of the page must not lose it. It stays in this tab. */
export interface UnsavedForm {
  document: EditedDocument;
  baseRev?: string;
}

const keyOf = (path: string) => `tiski-form ${path}`;

export function readUnsaved(path: string): UnsavedForm | undefined {
  try {
    const text = sessionStorage.getItem(keyOf(path));
    return text === null ? undefined : (JSON.parse(text) as UnsavedForm);
  } catch {
    // Storage is forbidden here, or holds something else: the form begins with what is stored.
    return undefined;
  }
}

export function keepUnsaved(path: string, form: UnsavedForm): void {
  try {
    sessionStorage.setItem(keyOf(path), JSON.stringify(form));
  } catch {
    // No room: the form itself is still on the screen.
  }
}

export function dropUnsaved(path: string): void {
  sessionStorage.removeItem(keyOf(path));
}
