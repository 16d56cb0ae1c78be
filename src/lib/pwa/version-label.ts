import type { Locale } from '$lib/paraglide/runtime';

/** SvelteKit names a build by its instant (milliseconds): shown as local date and time. */
export function versionLabel(version: string, locale: Locale): string {
  const builtAt = new Date(Number(version));
  if (Number.isNaN(builtAt.getTime())) return version;
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(builtAt);
}
