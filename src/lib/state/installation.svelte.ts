import { watchInstall, type InstallOffer } from '$lib/pwa/install';

/**
 * The browser's offer to install Tiski, for every screen: Chromium makes it only once, soon after the start.
 */
export class Installation {
  offer = $state.raw<InstallOffer>('none');
  #watch: ReturnType<typeof watchInstall> | undefined;

  /** @returns a function that stops it */
  start(): () => void {
    this.#watch = watchInstall((offer) => (this.offer = offer));
    return () => this.#watch?.stop();
  }

  /** Opens the browser's own prompt; call it from a click. */
  install(): void {
    void this.#watch?.install();
  }

  dismiss(): void {
    this.#watch?.dismiss();
  }
}
