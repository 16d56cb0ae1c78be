/**
 * Takes an element out of the page, with all that is in it and runs in it: only this tab's memory has it.
 * @returns puts it back, its dialogs modal again
 */
export function takeOutOfPage(content: HTMLElement): () => void {
  const parent = content.parentElement;
  const dialogs = [...content.querySelectorAll<HTMLDialogElement>('dialog[open]')];
  content.remove();
  return () => {
    parent?.append(content);
    for (const dialog of dialogs.filter(({ isConnected }) => isConnected)) {
      dialog.removeAttribute('open');
      dialog.showModal();
    }
  };
}
