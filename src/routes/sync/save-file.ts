/** Hands a text to the user as a file. */
export function saveTextFile(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the file when the click's task is over.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
