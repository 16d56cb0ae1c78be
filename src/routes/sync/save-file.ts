/** Hands a value to the user as a JSON file. */
export function saveJsonFile(name: string, value: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the file when the click's task is over.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
