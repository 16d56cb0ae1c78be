import type { Locale } from '$lib/paraglide/runtime';

/**
 * A manifest has one language: this picks the one in use, so that an app installed from here has its
 * shortcuts in the user's language. The shell links to the Finnish one.
 */
export function useManifest(locale: Locale): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="manifest"]');
  const href = locale === 'fi' ? '/manifest.webmanifest' : `/manifest.${locale}.webmanifest`;
  if (link && link.getAttribute('href') !== href) link.setAttribute('href', href);
}
