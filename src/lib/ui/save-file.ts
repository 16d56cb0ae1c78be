/** Offers a text to the user as a file download. */
export function saveTextFile(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // By the end of the click's task the browser has taken the file.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
