/**
 * Runs something for as long as the page is awake: stopped when the browser puts the page into its
 * back-forward cache, and started again when the page comes back.
 * @returns a function that stops it for good
 */
export function whileAwake(start: () => () => void, page: EventTarget = window): () => void {
  let stop: (() => void) | undefined = start();
  const sleep = () => {
    stop?.();
    stop = undefined;
  };
  const wake = () => (stop ??= start());
  page.addEventListener('pagehide', sleep);
  page.addEventListener('pageshow', wake);
  return () => {
    page.removeEventListener('pagehide', sleep);
    page.removeEventListener('pageshow', wake);
    sleep();
  };
}
